import type { DeliveryLimits } from './delivery-limits.ts';

/**
 * The limits that belong to a lease of this length: it is renewed after a third of it, so that a renewal can fail twice, and
 * no send starts in its last third.
 */
export function leaseLimits(
  leaseMs: number,
): Pick<DeliveryLimits, 'leaseMs' | 'renewEveryMs' | 'sendWithoutRenewalMs'> {
  return { leaseMs, renewEveryMs: leaseMs / 3, sendWithoutRenewalMs: (2 * leaseMs) / 3 };
}
