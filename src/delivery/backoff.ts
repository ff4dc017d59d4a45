import type { DeliveryLimits } from './delivery-limits.ts';

type BackoffLimits = Pick<
  DeliveryLimits,
  'backoffFirstMs' | 'backoffMaxMs' | 'backoffFloorMs' | 'retryAfterMaxMs'
>;

/**
 * How long to wait after the `streak`-th failure in a row (1, 2, ...): exponential with full jitter, so that many senders
 * that failed together do not come back together.
 * `random` is in [0, 1). See https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(streak: number, random: number, limits: BackoffLimits): number {
  const doublings = Math.min(Math.max(streak, 1) - 1, 30);
  const ceiling = Math.min(limits.backoffMaxMs, limits.backoffFirstMs * 2 ** doublings);
  return Math.max(limits.backoffFloorMs, Math.floor(random * ceiling));
}

/** How much longer a wait may become that many were given alike: so much of it, and no more than this. */
const SPREAD_SHARE = 0.25;
export const SPREAD_MAX_MS = 15_000;

/**
 * A wait that is the same for everyone who met the same trouble, made up to a quarter longer (never shorter): destinations that were
 * refused or sent away together do not come back together, each time anew. `random` is in [0, 1).
 */
export function spreadMs(waitMs: number, random: number): number {
  return waitMs + Math.floor(random * Math.min(waitMs * SPREAD_SHARE, SPREAD_MAX_MS));
}

/** The remote's own word wins over our backoff, spread, within `retryAfterMaxMs`; nonsense counts as no word. */
export function pauseMs(
  retryAfterMs: number | undefined,
  streak: number,
  random: number,
  limits: BackoffLimits,
): number {
  if (retryAfterMs === undefined || !Number.isFinite(retryAfterMs) || retryAfterMs <= 0) {
    return backoffMs(streak, random, limits);
  }
  const askedMs = Math.max(retryAfterMs, limits.backoffFloorMs);
  return Math.min(spreadMs(askedMs, random), limits.retryAfterMaxMs);
}
