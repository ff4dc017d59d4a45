import type { Batch, BatchDraft, BatchKey } from '../../outbox/batch.ts';
import { recordsOf } from '../../outbox/batch-places.ts';
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
import { emptyTables, epochName } from './memory-tables.ts';
import type { MemoryLane, MemoryTables } from './memory-tables.ts';

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

  /** `nowMs`: the store's own time, for leases. `tables`: what an earlier store left behind. */
  constructor(nowMs: () => number, tables: MemoryTables = emptyTables()) {
    this.#nowMs = nowMs;
    this.tables = tables;
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
        const lane = this.#lane(destinationNo);
        return copyPlain({
          destination,
          ...(lane.owner === undefined ? {} : { owner: lane.owner }),
          leasedUntilMs: lane.leasedUntilMs,
          pausedUntilMs: lane.pausedUntilMs,
          hasWork: this.#rows(destinationNo).size > 0 || this.#batches(destinationNo).size > 0,
          awaitsAck: [...this.#batches(destinationNo).values()].some(({ state }) => state === 'awaiting_ack'),
        });
      });
  }

  async takeLane(
    destinationNo: number,
    owner: string,
    leaseMs: number,
    goneOwner?: string,
  ): Promise<Lane | undefined> {
    const lane = this.#lane(destinationNo);
    const free = lane.owner === undefined || lane.owner === owner || lane.owner === goneOwner;
    const leftMs = lane.leasedUntilMs - this.#nowMs();
    if (!free && leftMs > 0 && leftMs <= 2 * leaseMs) return undefined;
    lane.owner = owner;
    lane.token += 1;
    lane.leasedUntilMs = this.#nowMs() + leaseMs;
    return this.#laneAnswer(destinationNo, lane, owner);
  }

  async renewLane(lease: LaneLease, leaseMs: number): Promise<boolean> {
    const lane = this.#owned(lease);
    if (lane === undefined || lane.epochAnchor !== this.tables.anchor) return false;
    lane.leasedUntilMs = this.#nowMs() + leaseMs;
    return true;
  }

  async releaseLane(lease: LaneLease): Promise<void> {
    const lane = this.#owned(lease);
    if (lane === undefined) return;
    lane.owner = undefined;
    lane.leasedUntilMs = 0;
  }

  async openEpoch(lease: LaneLease, anchor: string): Promise<Lane | undefined> {
    const lane = this.#owned(lease);
    if (lane === undefined) return undefined;
    lane.epochNo += 1;
    lane.epoch = epochName(lease.destinationNo, lane.epochNo);
    lane.epochAnchor = anchor;
    lane.nextSeq = 1;
    return this.#laneAnswer(lease.destinationNo, lane, lease.owner);
  }

  async saveLane(lease: LaneLease, state: LaneState): Promise<boolean> {
    const lane = this.#owned(lease);
    const destination = this.tables.destinations.get(lease.destinationNo);
    if (lane === undefined || destination === undefined) return false;
    lane.pausedUntilMs = state.pausedUntilMs;
    lane.failureStreak = state.failureStreak;
    lane.unheard = state.unheard ?? lane.unheard;
    this.tables.destinations.set(lease.destinationNo, {
      ...destination,
      health: copyPlain(state.health),
    });
    return true;
  }

  async readDestinationVersion(destinationNo: number, rowVersion: number): Promise<Destination | undefined> {
    return copyPlain(this.tables.versions.get(destinationNo)?.get(rowVersion));
  }

  async readOpenRows(query: OpenRowQuery): Promise<readonly OpenRow[]> {
    const exclude = new Set(query.exclude);
    const numbers = [...this.#rows(query.destinationNo).keys()]
      .filter((recordNo) => recordNo > query.afterRecordNo && !exclude.has(recordNo))
      .sort((a, b) => a - b);
    const rows: OpenRow[] = [];
    let bodyBytes = 0;
    for (const recordNo of numbers) {
      if (rows.length >= query.maxRows || bodyBytes >= query.maxBodyBytes) break;
      const row = this.#row(query.destinationNo, recordNo);
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
    return [...this.#batches(lease.destinationNo).values()]
      .sort((a, b) => a.epochNo - b.epochNo || a.firstSeq - b.firstSeq)
      .map((batch) => copyPlain(batch));
  }

  async formBatch(lease: LaneLease, draft: BatchDraft): Promise<boolean> {
    const lane = this.#owned(lease);
    if (lane === undefined) return false;
    const batches = this.#batches(lease.destinationNo);
    if (draft.epochNo !== lane.epochNo || draft.firstSeq !== lane.nextSeq) return false;
    checkForm(draft, this.#rows(lease.destinationNo), [...batches.values()]);
    lane.nextSeq += draft.recordNos.length;
    this.#put(lease.destinationNo, draft, 0, undefined);
    return true;
  }

  async completeBatch(lease: LaneLease, key: BatchKey, completion: Completion): Promise<SettleResult> {
    if (this.#owned(lease) === undefined) return 'lane_lost';
    const batch = this.#take(lease.destinationNo, key);
    if (batch === undefined) return 'duplicate';
    this.#finish(lease.destinationNo, batch, completion, batch.attempts);
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
    if (this.#owned(lease) === undefined) return 'lane_lost';
    const { destinationNo } = lease;
    const present = this.#batches(destinationNo).get(nameOf(key));
    if (present === undefined) return 'duplicate';
    checkReplacement(present, parts.delivered?.draft, parts.open);
    this.#take(destinationNo, key);
    if (parts.delivered !== undefined) {
      const { draft, completion } = parts.delivered;
      this.#finish(destinationNo, draft, completion, present.attempts);
    }
    for (const draft of parts.open) this.#put(destinationNo, draft, present.attempts, present);
    return 'settled';
  }

  async noteFailedSend(lease: LaneLease, key: BatchKey, attempt: AttemptDraft): Promise<boolean> {
    if (this.#owned(lease) === undefined) return false;
    const { destinationNo } = lease;
    const noted = this.#change(destinationNo, key, (batch) => ({
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
    if (this.#owned(lease) === undefined) return false;
    return this.#change(lease.destinationNo, key, (batch) => ({
      ...batch,
      state: 'awaiting_ack',
      ackId,
      sentAtMs,
    }));
  }

  async markFormed(lease: LaneLease, key: BatchKey): Promise<boolean> {
    if (this.#owned(lease) === undefined) return false;
    return this.#change(lease.destinationNo, key, (batch) => {
      const formed: Batch & { ackId?: number; sentAtMs?: number } = { ...batch, state: 'formed' };
      delete formed.ackId;
      delete formed.sentAtMs;
      return formed;
    });
  }

  async reconcile(limits: ReconcileLimits): Promise<ReconcileReport> {
    return reconcileTables(this.tables, limits);
  }

  #laneAnswer(destinationNo: number, lane: MemoryLane, owner: string): Lane {
    const {
      token,
      streamId,
      epochNo,
      epoch,
      epochAnchor,
      nextSeq,
      hecChannel,
      pausedUntilMs,
      failureStreak,
      unheard,
    } = lane;
    const lease = { destinationNo, owner, token };
    const currentAnchor = this.tables.anchor;
    return {
      lease,
      streamId,
      epochNo,
      epoch,
      epochAnchor,
      currentAnchor,
      nextSeq,
      hecChannel,
      pausedUntilMs,
      failureStreak,
      unheard,
    };
  }

  #lane(destinationNo: number): MemoryLane {
    const lane = this.tables.lanes.get(destinationNo);
    if (lane === undefined) throw new Error(`There is no destination ${destinationNo}`);
    return lane;
  }

  #owned(lease: LaneLease): MemoryLane | undefined {
    const lane = this.#lane(lease.destinationNo);
    return lane.token === lease.token && lane.owner === lease.owner ? lane : undefined;
  }

  #rows(destinationNo: number): Map<number, boolean> {
    return mapIn(this.tables.outbox, destinationNo);
  }

  #batches(destinationNo: number): Map<string, Batch> {
    return mapIn(this.tables.batches, destinationNo);
  }

  #row(destinationNo: number, recordNo: number): OpenRow | undefined {
    const record = this.tables.records.get(recordNo);
    if (record === undefined) return undefined;
    const { source, recordId, body } = record;
    return { recordNo, source, recordId, body, replayed: this.#rows(destinationNo).get(recordNo) === true };
  }

  #put(destinationNo: number, draft: BatchDraft, attempts: number, from: Batch | undefined): void {
    const batch: Batch = {
      ...draftOf(draft),
      state: 'formed',
      attempts,
      formedAtMs: from?.formedAtMs ?? this.#nowMs(),
      ...(from?.lastAnswer === undefined ? {} : { lastAnswer: from.lastAnswer }),
    };
    this.#batches(destinationNo).set(nameOf(draft), batch);
  }

  #take(destinationNo: number, key: BatchKey): Batch | undefined {
    const batches = this.#batches(destinationNo);
    const batch = batches.get(nameOf(key));
    batches.delete(nameOf(key));
    return batch;
  }

  #change(destinationNo: number, key: BatchKey, change: (batch: Batch) => Batch): boolean {
    const batches = this.#batches(destinationNo);
    const batch = batches.get(nameOf(key));
    if (batch === undefined) return false;
    batches.set(nameOf(key), change(batch));
    return true;
  }

  #finish(destinationNo: number, draft: BatchDraft, completion: Completion, attempts: number): void {
    for (const recordNo of recordsOf(draft)) this.#rows(destinationNo).delete(recordNo);
    const deliveredAtMs = this.#nowMs();
    const receipt = {
      destinationNo,
      draft: draftOf(draft),
      completion: copyPlain(completion),
      attempts,
    };
    this.tables.receipts.push({ ...receipt, deliveredAtMs });
    for (const letter of completion.deadLetters) {
      this.tables.deadLetters.push({ destinationNo, ...copyPlain(letter) });
    }
  }
}

function nameOf(key: BatchKey): string {
  return `${key.epochNo}:${key.firstSeq}`;
}

/** A copy of the draft's own fields: callers may pass a whole batch. */
function draftOf(draft: BatchDraft): BatchDraft {
  const {
    epochNo,
    firstSeq,
    recordNos,
    hashes,
    tombstones,
    leftOut,
    destinationVersion,
    renderKey,
    replayed,
  } = draft;
  return copyPlain({
    epochNo,
    firstSeq,
    recordNos,
    hashes,
    tombstones,
    leftOut,
    destinationVersion,
    renderKey,
    replayed,
  });
}

function mapIn<Key, Value>(maps: Map<number, Map<Key, Value>>, destinationNo: number): Map<Key, Value> {
  const found = maps.get(destinationNo) ?? new Map<Key, Value>();
  maps.set(destinationNo, found);
  return found;
}
