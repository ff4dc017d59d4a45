import type { Evidence, Invariant } from './invariant.ts';

/** Writes with an old token change nothing, and nobody sends long after the last renewal that it heard of. */
export function oneOwner({ scheduler, limits }: Evidence): Invariant {
  /** `process/destination` -> when the last renewal that worked was asked for. */
  const renewed = new Map<string, number>();
  return {
    name: 'one_owner',
    on: {
      lease_heard: ({ process, lease, askedMs }) => {
        renewed.set(`${process.name}/${lease.destinationNo}`, askedMs);
        return undefined;
      },
      stale_write: ({ call, lease, changed }) =>
        changed
          ? `${call} of ${lease.owner} changed lane ${lease.destinationNo} with the old token ${lease.token}`
          : undefined,
      send_started: ({ send: { process, destinationNo } }) => {
        const askedMs = renewed.get(`${process.name}/${destinationNo}`) ?? -Infinity;
        const agoMs = scheduler.nowMs - askedMs;
        return agoMs > limits.sendWithoutRenewalMs
          ? `${process.name} sends to destination ${destinationNo} ${Math.round(agoMs)} ms after its last renewal`
          : undefined;
      },
    },
  };
}
