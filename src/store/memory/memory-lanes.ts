import type { Lane, LaneLease, LaneState } from '../../outbox/delivery-store.ts';
import { copyPlain } from './copy-plain.ts';
import { epochName } from './memory-tables.ts';
import type { MemoryLane, MemoryTables } from './memory-tables.ts';

/** Who owns which lane, for how long, and what its owner keeps there. */
export class MemoryLanes {
  readonly #tables: MemoryTables;
  readonly #nowMs: () => number;

  constructor(tables: MemoryTables, nowMs: () => number) {
    this.#tables = tables;
    this.#nowMs = nowMs;
  }

  take(destinationNo: number, owner: string, leaseMs: number, goneOwner?: string): Lane | undefined {
    const lane = this.of(destinationNo);
    const free = lane.owner === undefined || lane.owner === owner || lane.owner === goneOwner;
    const leftMs = lane.leasedUntilMs - this.#nowMs();
    if (!free && leftMs > 0 && leftMs <= 2 * leaseMs) return undefined;
    lane.owner = owner;
    lane.token += 1;
    lane.leasedUntilMs = this.#nowMs() + leaseMs;
    return this.#answer(destinationNo, lane, owner);
  }

  renew(lease: LaneLease, leaseMs: number): boolean {
    const lane = this.owned(lease);
    if (lane === undefined || lane.epochAnchor !== this.#tables.anchor) return false;
    lane.leasedUntilMs = this.#nowMs() + leaseMs;
    return true;
  }

  release(lease: LaneLease): void {
    const lane = this.owned(lease);
    if (lane === undefined) return;
    lane.owner = undefined;
    lane.leasedUntilMs = 0;
  }

  openEpoch(lease: LaneLease, anchor: string): Lane | undefined {
    const lane = this.owned(lease);
    if (lane === undefined) return undefined;
    lane.epochNo += 1;
    lane.epoch = epochName(lease.destinationNo, lane.epochNo);
    lane.epochAnchor = anchor;
    lane.nextSeq = 1;
    return this.#answer(lease.destinationNo, lane, lease.owner);
  }

  save(lease: LaneLease, state: LaneState): boolean {
    const lane = this.owned(lease);
    const destination = this.#tables.destinations.get(lease.destinationNo);
    if (lane === undefined || destination === undefined) return false;
    lane.pausedUntilMs = state.pausedUntilMs;
    lane.failureStreak = state.failureStreak;
    lane.unheard = state.unheard ?? lane.unheard;
    this.#tables.destinations.set(lease.destinationNo, {
      ...destination,
      health: copyPlain(state.health),
    });
    return true;
  }

  #answer(destinationNo: number, lane: MemoryLane, owner: string): Lane {
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
    const currentAnchor = this.#tables.anchor;
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

  of(destinationNo: number): MemoryLane {
    const lane = this.#tables.lanes.get(destinationNo);
    if (lane === undefined) throw new Error(`There is no destination ${destinationNo}`);
    return lane;
  }

  /** The lane, where the lease still holds it. */
  owned(lease: LaneLease): MemoryLane | undefined {
    const lane = this.of(lease.destinationNo);
    return lane.token === lease.token && lane.owner === lease.owner ? lane : undefined;
  }
}
