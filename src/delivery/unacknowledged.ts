import type { DeliveryLimits } from './delivery-limits.ts';
import type { GateStep } from './next-step.ts';

/** Health reason of a destination that takes events and confirms none of them. */
export const NOT_ACKNOWLEDGED_REASON = 'not_acknowledged';

/**
 * What follows when batches were accepted and not one acknowledgement came in all their time, `rounds` times in a row. Sending
 * on would double the whole backlog every few minutes, as behind a load balancer where each question reaches another collector
 * than the events did. So: one batch at a time, at once and then ever more seldom, until one is confirmed.
 */
export function afterNoAcknowledgement(
  rounds: number,
  limits: Pick<DeliveryLimits, 'ackTimeoutMs' | 'holdProbeMs' | 'setAsideMaxMs'>,
): Extract<GateStep, { gate: 'waits' }> {
  const doublings = Math.min(rounds - 2, 20);
  const minutes = Math.round(limits.ackTimeoutMs / 60_000);
  return {
    gate: 'waits',
    health: 'failing',
    reason: NOT_ACKNOWLEDGED_REASON,
    message:
      `The destination takes events and acknowledged none of them in ${minutes} minutes. ` +
      'Whoever runs a load balancer before it must keep this sender on one collector (by cookie or source address): only the ' +
      'collector that took the events knows of them. The administrator of the destination must check that its indexers ' +
      'acknowledge; or turn indexer_acknowledgement off for this destination. ' +
      'Nothing is lost: one batch at a time is sent again, ever more seldom, and may stand in the destination twice.',
    pauseMs: rounds < 2 ? 0 : Math.min(limits.setAsideMaxMs, limits.holdProbeMs * 2 ** doublings),
    streak: rounds,
    byRefusal: false,
  };
}
