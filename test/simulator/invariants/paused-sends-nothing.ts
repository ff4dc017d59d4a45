import type { Invariant } from './invariant.ts';

/**
 * A process that was told that a destination is not active sends it nothing until it is told otherwise, but for the last word of
 * its stream.
 */
export function pausedSendsNothing(): Invariant {
  /** `process/destination` of what is known to be at rest. */
  const atRest = new Set<string>();
  return {
    name: 'paused_sends_nothing',
    on: {
      due_heard: ({ process, due }) => {
        for (const { destination } of due) {
          const key = `${process.name}/${destination.destinationNo}`;
          if (destination.state === 'active') atRest.delete(key);
          else atRest.add(key);
        }
        return undefined;
      },
      send_started: ({ send: { process, destinationNo, events } }) =>
        events.some(({ kind }) => kind !== 'checkpoint') && atRest.has(`${process.name}/${destinationNo}`)
          ? `destination ${destinationNo} is at rest, ${process.name} knows it and sends`
          : undefined,
    },
  };
}
