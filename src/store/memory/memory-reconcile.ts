import { recordsOf } from '../../outbox/batch-places.ts';
import type { ReconcileLimits, ReconcileReport } from '../../outbox/delivery-store.ts';
import type { Destination } from '../../outbox/destination.ts';
import type { MemoryRecord, MemoryTables } from './memory-tables.ts';

/**
 * One step: the noted failures first, then records above each destination's mark that have no evidence of any kind. The mark
 * waits below the lowest number whose transaction has not ended: that record may still commit.
 */
export function reconcileTables(tables: MemoryTables, limits: ReconcileLimits): ReconcileReport {
  const takers = [...tables.destinations.values()].filter(
    (destination) => destination.state === 'active' || destination.state === 'paused',
  );
  let missedEnqueued = 0;
  for (const recordNo of [...tables.missed].slice(0, limits.maxMissed)) {
    const record = tables.records.get(recordNo);
    for (const destination of takers) {
      if (record !== undefined && enqueueIfNew(tables, destination, record)) missedEnqueued += 1;
    }
    tables.missed.delete(recordNo);
  }
  const settledNo = settledRecordNo(tables);
  let repairedEnqueued = 0;
  let more = tables.missed.size > 0;
  for (const destination of takers) {
    const { destinationNo } = destination;
    const mark = tables.reconcilerMarks.get(destinationNo) ?? 0;
    const last = Math.min(settledNo, mark + limits.maxRecords);
    for (let recordNo = mark + 1; recordNo <= last; recordNo += 1) {
      const record = tables.records.get(recordNo);
      if (record !== undefined && enqueueIfNew(tables, destination, record)) repairedEnqueued += 1;
    }
    tables.reconcilerMarks.set(destinationNo, last);
    more ||= last < settledNo;
  }
  return { missedEnqueued, repairedEnqueued, more };
}

/**
 * From here on the reconciler answers for this destination. Its mark begins below the numbers of transactions that have not ended;
 * of those, what was recorded before its start is passed over by time.
 */
export function startMark(tables: MemoryTables, destinationNo: number): void {
  const mark = tables.reconcilerMarks.get(destinationNo) ?? 0;
  tables.reconcilerMarks.set(destinationNo, Math.max(mark, settledRecordNo(tables)));
  tables.startNos.set(destinationNo, tables.lastRecordNo);
}

/** Enqueues all that a destination is owed and has no row for: called before it stops taking records. */
export function enqueueOwed(tables: MemoryTables, destination: Destination): void {
  const mark = tables.reconcilerMarks.get(destination.destinationNo) ?? 0;
  for (const record of tables.records.values())
    if (record.recordNo > mark) enqueueIfNew(tables, destination, record);
}

/** Every number up to this one belongs to a transaction that has ended. */
function settledRecordNo(tables: MemoryTables): number {
  return Math.min(tables.lastRecordNo, ...[...tables.unsettled].map((recordNo) => recordNo - 1));
}

/** By number, whatever the clock says; numbers that were given out before its start may still be running then, and go by time. */
function isOwed(
  tables: MemoryTables,
  { destinationNo, activeSinceMs }: Destination,
  record: MemoryRecord,
): boolean {
  const startNo = tables.startNos.get(destinationNo);
  return record.recordedAtMs >= activeSinceMs || (startNo !== undefined && record.recordNo > startNo);
}

function enqueueIfNew(tables: MemoryTables, destination: Destination, record: MemoryRecord): boolean {
  if (
    record.workspaceId !== destination.workspaceId ||
    !isOwed(tables, destination, record) ||
    hasEvidence(tables, destination.destinationNo, record.recordNo)
  ) {
    return false;
  }
  const rows = tables.outbox.get(destination.destinationNo) ?? new Map<number, boolean>();
  rows.set(record.recordNo, false);
  tables.outbox.set(destination.destinationNo, rows);
  return true;
}

function hasEvidence(tables: MemoryTables, destinationNo: number, recordNo: number): boolean {
  const open = tables.outbox.get(destinationNo)?.has(recordNo) === true;
  const dead = tables.deadLetters.some(
    (letter) => letter.destinationNo === destinationNo && letter.recordNo === recordNo,
  );
  const receipted = tables.receipts.some(
    (receipt) => receipt.destinationNo === destinationNo && recordsOf(receipt.draft).includes(recordNo),
  );
  return open || dead || receipted;
}
