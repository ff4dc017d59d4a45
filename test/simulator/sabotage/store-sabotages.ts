import type { Sabotage } from './sabotage.ts';

/** Stores that do not hold what they promise, and readers that miss rows. */
export const STORE_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'lease_check_forgotten',
    what: "a late owner's writes have their effect",
    file: 'src/store/memory/memory-lanes.ts',
    find: 'return lane.token === lease.token && lane.owner === lease.owner ? lane : undefined;',
    replace: 'return lane.owner === undefined ? undefined : lane;',
  },
  {
    name: 'lease_taken_while_held',
    what: 'a lane is sent on long after its last renewal',
    file: 'src/delivery/lane-lease.ts',
    find: 'return !this.#lost && clock.monotonicMs() - this.#renewedAtMs < limits.sendWithoutRenewalMs;',
    replace: 'return !this.#lost && clock !== undefined && limits !== undefined;',
  },
  {
    name: 'deleted_by_range',
    what: 'with a batch all rows between its first and last record are removed',
    file: 'src/store/memory/memory-batches.ts',
    find: 'for (const recordNo of recordsOf(draft)) this.rowsOf(destinationNo).delete(recordNo);',
    replace: `const range = recordsOf(draft);
    for (const recordNo of [...this.rowsOf(destinationNo).keys()]) {
      if (recordNo >= Math.min(...range) && recordNo <= Math.max(...range)) this.rowsOf(destinationNo).delete(recordNo);
    }`,
  },
  {
    name: 'cursor_over_late_commits',
    what: 'the reader never goes back to rows below its cursor',
    file: 'src/delivery/lane-reader.ts',
    find: '  restart(): void {\n    this.#cursor = 0;',
    replace:
      '  restart(): void {\n    if (this.#cursor > 0) { this.#drained = true; return; }\n    this.#cursor = 0;',
  },
  {
    name: 'reconciler_over_open_transactions',
    what: "the reconciler's mark moves past numbers that may still commit",
    file: 'src/store/memory/memory-reconcile.ts',
    find: 'return Math.min(tables.lastRecordNo, ...[...tables.unsettled].map((recordNo) => recordNo - 1));',
    replace: 'return tables.lastRecordNo;',
  },
  {
    name: 'owed_by_the_clock_alone',
    what: 'what came after the start of a destination is passed over while the clock says that it was before',
    file: 'src/store/memory/memory-reconcile.ts',
    find: 'startNo !== undefined && record.recordNo > startNo',
    replace: 'startNo !== undefined && record.recordNo < 0',
  },
  {
    name: 'missed_thrown_away',
    what: 'the note of a failed enqueue is removed and no row is written',
    file: 'src/store/memory/memory-reconcile.ts',
    find: 'if (record !== undefined && enqueueIfNew(tables, destination, record)) missedEnqueued += 1;',
    replace: 'if (record !== undefined) tables.reconcilerMarks.set(destination.destinationNo, recordNo);',
  },
  {
    name: 'delivered_enqueued_again',
    what: 'the reconciler does not look at receipts',
    file: 'src/store/memory/memory-reconcile.ts',
    find: 'return open || dead || receipted;',
    replace: 'return open || dead || (receipted && false);',
  },
  {
    name: 'left_behind_batches',
    what: 'the batches of an earlier owner are not taken over',
    file: 'src/store/memory/memory-delivery-store.ts',
    find: '    return [...this.#batches.of(lease.destinationNo).values()]\n      .sort(',
    replace: '    return [...this.#batches.of(lease.destinationNo).values()]\n      .slice(1)\n      .sort(',
  },
  {
    name: 'receipts_removed_unseen',
    what: 'retention removes receipts that the reconciler has not looked at',
    file: 'src/store/memory/memory-retention-store.ts',
    find: 'return !isLatest && Math.max(0, ...recordsOf(draft)) <= safeNo;',
    replace: 'return !isLatest && safeNo !== undefined && recordsOf(draft) !== undefined;',
  },
  {
    name: 'limit_on_what_was_asked_for',
    what: 'what a person asked for again goes dead by a limit',
    file: 'src/delivery/over-limit.ts',
    find: 'const bound = rows.filter((row) => !row.replayed);',
    replace: 'const bound = rows;',
  },
];
