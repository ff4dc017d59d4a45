/** Smaller differences come from the way of the answer and from whole seconds. */
const WORTH_SAYING_MS = 60_000;

/**
 * How far the remote's clock is from ours, as a sentence; undefined when the answer has no usable `Date`, or agrees. For
 * people only: no timer follows the remote's clock.
 */
export function clockDifference(dateHeader: string | undefined, nowMs: number): string | undefined {
  const remoteMs = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
  if (Number.isNaN(remoteMs)) return undefined;
  const aheadMs = nowMs - remoteMs;
  if (Math.abs(aheadMs) < WORTH_SAYING_MS) return undefined;
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  return `The clock of this machine is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the service's.`;
}
