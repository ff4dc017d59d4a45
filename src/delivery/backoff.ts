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

/** The remote's own word wins over our backoff, within `retryAfterMaxMs`; nonsense counts as no word. */
export function pauseMs(
  retryAfterMs: number | undefined,
  streak: number,
  random: number,
  limits: BackoffLimits,
): number {
  if (retryAfterMs === undefined || !Number.isFinite(retryAfterMs) || retryAfterMs <= 0) {
    return backoffMs(streak, random, limits);
  }
  return Math.min(Math.max(retryAfterMs, limits.backoffFloorMs), limits.retryAfterMaxMs);
}
