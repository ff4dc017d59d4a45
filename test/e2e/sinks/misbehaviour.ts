import type { DuplicateCause } from '../../../src/delivery/delivery-observer.ts';
import type { DeliveryLimits } from '../../../src/delivery/delivery-limits.ts';
import type { JsonObject } from '../../../src/json.ts';
import type { FaultProxy } from '../../fault-proxy/fault-proxy.ts';
import type { SeenDelivery } from './seen-delivery.ts';
import type { Sink } from './sink.ts';

/** How large a run is. */
export interface RunScale {
  readonly events: number;
  /** One event in so many is bad, where some are. */
  readonly badEvery: number;
  /** How long the port stays closed. */
  readonly refusedMs: number;
  /** How long a slow sink takes to answer. */
  readonly stallMs: number;
}

export const FULL_SCALE: RunScale = Object.freeze({
  events: 20_000,
  badEvery: 1_000,
  refusedMs: 3_000,
  stallMs: 15_000,
});

/** For the test suite: the same faults, met by fewer events and for a shorter time. */
export const SUITE_SCALE: RunScale = Object.freeze({
  events: 2_000,
  badEvery: 100,
  refusedMs: 500,
  stallMs: 1_000,
});

export interface MisbehaviourWorld<Kind extends Sink> {
  readonly sink: Kind;
  /** The path between the delivery and the sink. */
  readonly path: FaultProxy;
  readonly scale: RunScale;
  /** `metadata.uid` of an event that is among the bad ones. */
  readonly isBad: (uid: unknown) => boolean;
}

/** One way in which a sink does not do what it should, and what may come of it. */
export interface Misbehaviour<Kind extends Sink> {
  readonly name: string;
  readonly start: () => Promise<Kind>;
  readonly config?: JsonObject;
  readonly limits?: Partial<DeliveryLimits>;
  /** Small events that fit into one request, and how many of them are bad; in place of the scale's numbers. */
  readonly oneBatch?: { readonly events: number; readonly bad: number };
  /** The sink refuses the bad events for good. Default: false, no event is bad. */
  readonly refusesBad?: boolean;
  /** The fault begins, before anything is sent. */
  readonly begin?: (world: MisbehaviourWorld<Kind>) => Promise<void> | void;
  /** What happens at the sink while events are delivered. */
  readonly meanwhile?: (world: MisbehaviourWorld<Kind>, seen: SeenDelivery) => Promise<void>;
  /** Causes under which events may be counted as doubled. */
  readonly mayDouble?: readonly DuplicateCause[];
  /** A word that the destination's health must have said: `state reason`. */
  readonly health?: string;
  /** The most requests that this may cost. */
  readonly maxRequests?: number;
}
