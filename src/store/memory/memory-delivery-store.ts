import type { Batch, BatchDraft, BatchKey } from '../../outbox/batch.ts';
import type {
  AttemptDraft,
  Completion,
  DeliveryStore,
  DueDestination,
  Lane,
  LaneLease,
  LaneState,
  OpenRow,
  OpenRowQuery,
  ReconcileLimits,
  ReconcileReport,
  SettleResult,
} from '../../outbox/delivery-store.ts';
import type { Destination } from '../../outbox/destination.ts';
import { copyPlain } from './copy-plain.ts';
import { checkForm, checkReplacement } from './memory-checks.ts';
import { reconcileTables } from './memory-reconcile.ts';
import { MemoryBatches, nameOf } from './memory-batches.ts';
import { MemoryLanes } from './memory-lanes.ts';
import { emptyTables, type MemoryTables } from './memory-tables.ts';

/** Failed sends kept for each destination. */
export const MAX_ATTEMPTS_KEPT = 100;

/**
 * The delivery store in memory: the same contract as the real ones, for tests and simulation. Each method is one step that
 * either happens or does not; what goes in and out is copied. It checks what a database could not (numbers without a gap,
 * no record in two batches) and throws where the engine would break it.
 */
export class MemoryDeliveryStore implements DeliveryStore {
  readonly tables: MemoryTables;
  readonly #nowMs: () => number;
  readonly #lanes: MemoryLanes;
  readonly #batches: MemoryBatches;

  /** `nowMs`: the store's own time, for leases. `tables`: what an earlier store left behind. */
  constructor(nowMs: () => number, tables: MemoryTables = emptyTables()) {
    this.#nowMs = nowMs;
    this.tables = tables;
    this.#lanes = new MemoryLanes(tables, nowMs);
    this.#batches = new MemoryBatches(tables, nowMs);
  }

  /** A store with a copy of everything, as a crash at this moment would leave it. */
  clone(): MemoryDeliveryStore {
    return new MemoryDeliveryStore(this.#nowMs, structuredClone(this.tables));
  }

  async listDue(): Promise<readonly DueDestination[]> {
    return [...this.tables.destinations.values()]
      .filter((destination) => destination.state !== 'deleted')
      .map((destination) => {
        const { destinationNo } = destination;
        const lane = this.#lanes.of(destinationNo);
        return copyPlain({
          destination,
          ...(lane.owner === undefined ? {} : { owner: lane.owner }),
          leasedUntilMs: lane.leasedUntilMs,
          pausedUntilMs: lane.pausedUntilMs,
          hasWork: this.#batches.rowsOf(destinationNo).size > 0 || this.#batches.of(destinationNo).size > 0,
          awaitsAck: [...this.#batches.of(destinationNo).values()].some(
            ({ state }) => state === 'awaiting_ack',
          ),
        });
      });
  }

  async takeLane(
    destinationNo: number,
    owner: string,
    leaseMs: number,
    goneOwner?: string,
  ): Promise<Lane | undefined> {
    return this.#lanes.take(destinationNo, owner, leaseMs, goneOwner);
  }

  async renewLane(lease: LaneLease, leaseMs: number): Promise<boolean> {
    return this.#lanes.renew(lease, leaseMs);
  }

  async releaseLane(lease: LaneLease): Promise<void> {
    this.#lanes.release(lease);
  }

  async openEpoch(lease: LaneLease, anchor: string): Promise<Lane | undefined> {
    return this.#lanes.openEpoch(lease, anchor);
  }

  async saveLane(lease: LaneLease, state: LaneState): Promise<boolean> {
    return this.#lanes.save(lease, state);
  }

  async readDestinationVersion(destinationNo: number, rowVersion: number): Promise<Destination | undefined> {
    return copyPlain(this.tables.versions.get(destinationNo)?.get(rowVersion));
  }

  async readOpenRows(query: OpenRowQuery): Promise<readonly OpenRow[]> {
    const exclude = new Set(query.exclude);
    const numbers = [...this.#batches.rowsOf(query.destinationNo).keys()]
      .filter((recordNo) => recordNo > query.afterRecordNo && !exclude.has(recordNo))
      .sort((a, b) => a - b);
    const rows: OpenRow[] = [];
    let bodyBytes = 0;
    for (const recordNo of numbers) {
      if (rows.length >= query.maxRows || bodyBytes >= query.maxBodyBytes) break;
      const row = this.#batches.row(query.destinationNo, recordNo);
      if (row === undefined) continue;
      rows.push(row);
      bodyBytes += Buffer.byteLength(row.body);
    }
    return rows;
  }

  async readRecords(recordNos: readonly number[]): Promise<readonly OpenRow[]> {
    return recordNos.flatMap((recordNo) => {
      const record = this.tables.records.get(recordNo);
      if (record === undefined) return [];
      const { source, recordId, body } = record;
      return [{ recordNo, source, recordId, body, replayed: false }];
    });
  }

  async openBatches(lease: LaneLease): Promise<readonly Batch[]> {
    return [...this.#batches.of(lease.destinationNo).values()]
      .sort((a, b) => a.epochNo - b.epochNo || a.firstSeq - b.firstSeq)
      .map((batch) => copyPlain(batch));
  }

  async formBatch(lease: LaneLease, draft: BatchDraft): Promise<boolean> {
    const lane = this.#lanes.owned(lease);
    if (lane === undefined) return false;
    const batches = this.#batches.of(lease.destinationNo);
    if (draft.epochNo !== lane.epochNo || draft.firstSeq !== lane.nextSeq) return false;
    checkForm(draft, this.#batches.rowsOf(lease.destinationNo), [...batches.values()]);
    lane.nextSeq += draft.recordNos.length;
    this.#batches.put(lease.destinationNo, draft, 0, undefined);
    return true;
  }

  async completeBatch(lease: LaneLease, key: BatchKey, completion: Completion): Promise<SettleResult> {
    if (this.#lanes.owned(lease) === undefined) return 'lane_lost';
    const batch = this.#batches.take(lease.destinationNo, key);
    if (batch === undefined) return 'duplicate';
    this.#batches.finish(lease.destinationNo, batch, completion, batch.attempts);
    return 'settled';
  }

  async replaceBatch(
    lease: LaneLease,
    key: BatchKey,
    parts: {
      readonly delivered?: { draft: BatchDraft; completion: Completion };
      readonly open: readonly BatchDraft[];
    },
  ): Promise<SettleResult> {
    if (this.#lanes.owned(lease) === undefined) return 'lane_lost';
    const { destinationNo } = lease;
    const present = this.#batches.of(destinationNo).get(nameOf(key));
    if (present === undefined) return 'duplicate';
    checkReplacement(present, parts.delivered?.draft, parts.open);
    this.#batches.take(destinationNo, key);
    if (parts.delivered !== undefined) {
      const { draft, completion } = parts.delivered;
      this.#batches.finish(destinationNo, draft, completion, present.attempts);
    }
    for (const draft of parts.open) this.#batches.put(destinationNo, draft, present.attempts, present);
    return 'settled';
  }

  async noteFailedSend(lease: LaneLease, key: BatchKey, attempt: AttemptDraft): Promise<boolean> {
    if (this.#lanes.owned(lease) === undefined) return false;
    const { destinationNo } = lease;
    const noted = this.#batches.change(destinationNo, key, (batch) => ({
      ...batch,
      attempts: batch.attempts + 1,
      lastAnswer: copyPlain(attempt.answer),
    }));
    if (!noted) return false;
    this.tables.attempts.push({ destinationNo, ...copyPlain(attempt) });
    const own = this.tables.attempts.filter((kept) => kept.destinationNo === destinationNo);
    const oldest = own[0];
    if (own.length > MAX_ATTEMPTS_KEPT && oldest !== undefined) {
      this.tables.attempts.splice(this.tables.attempts.indexOf(oldest), 1);
    }
    return true;
  }

  async markAwaitingAck(lease: LaneLease, key: BatchKey, ackId: number, sentAtMs: number): Promise<boolean> {
    if (this.#lanes.owned(lease) === undefined) return false;
    return this.#batches.change(lease.destinationNo, key, (batch) => ({
      ...batch,
      state: 'awaiting_ack',
      ackId,
      sentAtMs,
    }));
  }

  async markFormed(lease: LaneLease, key: BatchKey): Promise<boolean> {
    if (this.#lanes.owned(lease) === undefined) return false;
    return this.#batches.change(lease.destinationNo, key, (batch) => {
      const formed: Batch & { ackId?: number; sentAtMs?: number } = { ...batch, state: 'formed' };
      delete formed.ackId;
      delete formed.sentAtMs;
      return formed;
    });
  }

  async reconcile(limits: ReconcileLimits): Promise<ReconcileReport> {
    return reconcileTables(this.tables, limits);
  }
}
