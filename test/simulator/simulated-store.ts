import type { DeliveryStore, LaneLease } from '../../src/outbox/delivery-store.ts';
import type { BacklogStore } from '../../src/outbox/backlog-store.ts';
import type { ProofStore } from '../../src/outbox/proof-store.ts';
import type { ReplayFeedLimits, ReplayFeedReport, ReplayFeedStore } from '../../src/outbox/replay-store.ts';
import type { RetentionStore } from '../../src/outbox/retention-store.ts';
import { MemoryBacklogStore } from '../../src/store/memory/memory-backlog-store.ts';
import type { MemoryDeliveryStore } from '../../src/store/memory/memory-delivery-store.ts';
import type { MemoryProofStore } from '../../src/store/memory/memory-proof-store.ts';
import { MemoryReplayFeedStore } from '../../src/store/memory/memory-replay-feed-store.ts';
import { MemoryRetentionStore } from '../../src/store/memory/memory-retention-store.ts';
import { laneImprint } from './lane-imprint.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimEvent } from './sim-event.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { Trace } from './trace.ts';

export interface StoreLinkParts {
  readonly inner: MemoryDeliveryStore;
  readonly process: SimulatedProcess;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly trace: Trace;
  /** The store as a whole cannot be reached now. */
  readonly isOut: () => boolean;
  readonly tell: (event: SimEvent) => void;
}

/** What a driver throws when the connection breaks. */
class LostConnectionError extends Error {
  readonly code = 'connection_lost';

  constructor() {
    super('The connection to the store was lost');
  }
}

/**
 * One process's connection to the shared store. Each call travels, has its effect, and travels back; the process can die before
 * or after the effect, and the answer of a call that had its effect can be lost.
 */
export class StoreLink {
  readonly #parts: StoreLinkParts;
  /** Token of the lanes as this process knows it, by destination. */
  readonly tokens = new Map<number, number>();

  constructor(parts: StoreLinkParts) {
    this.#parts = parts;
  }

  get store(): DeliveryStore {
    const { inner, process, scheduler, tell } = this.#parts;
    const call = this.#call.bind(this);
    const lane = this.#laneWrite.bind(this);
    return {
      listDue: async () => {
        const due = await call('listDue', () => inner.listDue());
        tell({ kind: 'due_heard', process, due });
        return due;
      },
      takeLane: async (destinationNo, ...how) => {
        const askedMs = scheduler.nowMs;
        const taken = await call('takeLane', () => inner.takeLane(destinationNo, ...how));
        if (taken !== undefined) {
          this.tokens.set(destinationNo, taken.lease.token);
          tell({ kind: 'lease_heard', process, lease: taken.lease, askedMs, taken: true });
        }
        return taken;
      },
      renewLane: async (lease, leaseMs) => {
        const askedMs = scheduler.nowMs;
        const renewed = await lane('renewLane', lease, () => inner.renewLane(lease, leaseMs));
        if (renewed) tell({ kind: 'lease_heard', process, lease, askedMs, taken: false });
        return renewed;
      },
      releaseLane: (lease) => lane('releaseLane', lease, () => inner.releaseLane(lease)),
      openEpoch: (lease, anchor) => lane('openEpoch', lease, () => inner.openEpoch(lease, anchor)),
      saveLane: (lease, state) => lane('saveLane', lease, () => inner.saveLane(lease, state)),
      readDestinationVersion: (no, version) =>
        call('readDestinationVersion', () => inner.readDestinationVersion(no, version)),
      readOpenRows: (query) => call('readOpenRows', () => inner.readOpenRows(query)),
      readRecords: (recordNos) => call('readRecords', () => inner.readRecords(recordNos)),
      openBatches: (lease) => call('openBatches', () => inner.openBatches(lease)),
      formBatch: (lease, draft) => lane('formBatch', lease, () => inner.formBatch(lease, draft)),
      completeBatch: (lease, key, completion) =>
        lane('completeBatch', lease, async () => {
          const { destinationNo } = lease;
          const draft = inner.tables.batches.get(destinationNo)?.get(`${key.epochNo}:${key.firstSeq}`);
          const result = await inner.completeBatch(lease, key, completion);
          if (result === 'settled' && draft !== undefined) {
            tell({ kind: 'finished', destinationNo, draft, completion });
          }
          return result;
        }),
      replaceBatch: (lease, key, change) =>
        lane('replaceBatch', lease, async () => {
          const { destinationNo } = lease;
          const draft = inner.tables.batches.get(destinationNo)?.get(`${key.epochNo}:${key.firstSeq}`);
          const result = await inner.replaceBatch(lease, key, change);
          if (result !== 'settled' || draft === undefined) return result;
          if (change.delivered !== undefined) tell({ kind: 'finished', destinationNo, ...change.delivered });
          else if (change.open.length === 0) tell({ kind: 'given_up', destinationNo, draft });
          return result;
        }),
      noteFailedSend: (lease, key, attempt) =>
        lane('noteFailedSend', lease, () => inner.noteFailedSend(lease, key, attempt)),
      markAwaitingAck: (lease, key, ackId, sentAtMs) =>
        lane('markAwaitingAck', lease, () => inner.markAwaitingAck(lease, key, ackId, sentAtMs)),
      markFormed: (lease, key) => {
        tell({ kind: 'unacknowledged', process, destinationNo: lease.destinationNo });
        return lane('markFormed', lease, () => inner.markFormed(lease, key));
      },
      reconcile: (limits) => call('reconcile', () => inner.reconcile(limits)),
    };
  }

  get backlog(): BacklogStore {
    const { tables } = this.#parts.inner;
    const inner = new MemoryBacklogStore(tables, (no) => tables.records.get(no)?.recordedAtMs ?? 0);
    const call = this.#call.bind(this);
    return {
      measure: (query) => call('measure', () => inner.measure(query)),
      oldestRecordedAtMs: (no) => call('oldestRecordedAtMs', () => inner.oldestRecordedAtMs(no)),
      recordedAtMs: (recordNos) => call('recordedAtMs', () => inner.recordedAtMs(recordNos)),
      readLevels: (no) => call('readLevels', () => inner.readLevels(no)),
      changeLevels: (no, from, to) => call('changeLevels', () => inner.changeLevels(no, from, to)),
    };
  }

  get replays(): ReplayFeedStore {
    const { inner, tell } = this.#parts;
    const feeder = new MemoryReplayFeedStore(inner.tables);
    const feed = async (limits: ReplayFeedLimits, nowMs: number): Promise<ReplayFeedReport> => {
      const before = new Map([...inner.tables.replays].map(([no, { enqueued }]) => [no, enqueued]));
      const report = await feeder.feed(limits, nowMs);
      for (const { replayNo, destinationNo, enqueued, feeding } of inner.tables.replays.values()) {
        if (enqueued > (before.get(replayNo) ?? 0))
          tell({ kind: 'wanted_again', destinationNo, recordNos: feeding });
      }
      return report;
    };
    return { feed: (limits, nowMs) => this.#call('feed', () => feed(limits, nowMs)) };
  }

  /** `inner` is shared by all processes, as its tables are. */
  proof(inner: MemoryProofStore): ProofStore {
    const call = this.#call.bind(this);
    return {
      checkpointKeys: () => call('checkpointKeys', () => inner.checkpointKeys()),
      lastCheckpoint: (no) => call('lastCheckpoint', () => inner.lastCheckpoint(no)),
      readCheckpoint: (no, epochNo, seq) =>
        call('readCheckpoint', () => inner.readCheckpoint(no, epochNo, seq)),
      saveCheckpoint: (lease, checkpoint) =>
        call(`saveCheckpoint ${lease.destinationNo}/${lease.token}`, () =>
          inner.saveCheckpoint(lease, checkpoint),
        ),
      finishedPlaces: (query) => call('finishedPlaces', () => inner.finishedPlaces(query)),
    };
  }

  get retention(): RetentionStore {
    const inner = new MemoryRetentionStore(this.#parts.inner.tables);
    return { prune: (cutoffs, maxRows) => this.#call('prune', () => inner.prune(cutoffs, maxRows)) };
  }

  /** A write that carries a token: with one that is not the lane's any more it must change nothing. */
  #laneWrite<Result>(name: string, lease: LaneLease, effect: () => Promise<Result>): Promise<Result> {
    const { inner, tell } = this.#parts;
    return this.#call(`${name} ${lease.destinationNo}/${lease.token}`, async () => {
      const { token } = lease;
      if (inner.tables.lanes.get(lease.destinationNo)?.token === token) return effect();
      const before = laneImprint(inner.tables, lease.destinationNo);
      const result = await effect();
      const changed = laneImprint(inner.tables, lease.destinationNo) !== before;
      tell({ kind: 'stale_write', call: name, lease, changed });
      return result;
    });
  }

  #call<Result>(name: string, effect: () => Promise<Result>): Promise<Result> {
    const { process, scheduler, random, faults, trace, isOut, tell } = this.#parts;
    return new Promise((resolve, reject) => {
      if (!process.alive) return;
      if (faults.strikes('crash_before_effect', 0.0007)) {
        trace.add(scheduler.nowMs, () => `${process.name} dies before ${name}`);
        process.crash();
        return;
      }
      const slowMs = faults.strikes('store_slow', 0.01) ? random.between(500, 15_000) : 0;
      const lostWithSender = random.chance(0.5);
      scheduler.after(random.next() * 4 + slowMs, () => {
        if (!process.alive && lostWithSender) return;
        const out = isOut();
        const lost = faults.strikes('store_answer_lost', out ? 0.2 : 0.006);
        if (!lost && (out || faults.strikes('store_error', 0.01))) {
          trace.add(scheduler.nowMs, () => `${process.name} ${name} failed`);
          process.hear(random.next() * 4, () => reject(new LostConnectionError()));
          return;
        }
        effect().then(
          (result) => {
            trace.add(
              scheduler.nowMs,
              () => `${process.name} ${name} -> ${shown(result)}${lost ? ' (answer lost)' : ''}`,
            );
            if (faults.strikes('crash_after_effect', 0.0007)) process.crash();
            process.hear(random.next() * 4, () => {
              if (lost) reject(new LostConnectionError());
              else resolve(result);
            });
          },
          (error: unknown) => {
            const message = error instanceof Error ? error.message : 'no error';
            tell({ kind: 'rule_broken', call: name, message });
            process.hear(0, () => reject(new LostConnectionError()));
          },
        );
      });
    });
  }
}

function shown(result: unknown): string {
  return Array.isArray(result) ? `${result.length} items` : (JSON.stringify(result) ?? 'nothing');
}
