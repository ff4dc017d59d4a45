import type { HealthState } from '../outbox/destination.ts';
import { SPREAD_MAX_MS } from './backoff.ts';
import type { DeliveryLimits } from './delivery-limits.ts';

export interface StoredPause {
  readonly health: { readonly state: HealthState };
  /** Wall-clock time of the process that stored it. */
  readonly pausedUntilMs: number;
}

/**
 * What is left of a pause that a lane stored. The wall clock may have been set back since: a pause that is longer than any
 * of its kind is no pause, since waiting for it could take as long as the clock was wrong.
 */
export function remainingPauseMs(
  { health, pausedUntilMs }: StoredPause,
  nowMs: number,
  { retryAfterMaxMs, holdProbeMs, localFaultPauseMs }: DeliveryLimits,
): number {
  const remainingMs = Math.max(0, pausedUntilMs - nowMs);
  const longestMs =
    health.state === 'held' ? Math.max(holdProbeMs + SPREAD_MAX_MS, localFaultPauseMs) : retryAfterMaxMs;
  // What is stored was rounded up to the next millisecond.
  return remainingMs > longestMs + 1 ? 0 : remainingMs;
}
