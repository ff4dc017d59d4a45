import type { Evidence, Invariant } from './invariant.ts';

/** A replay that has ended says of each record that it sent what became of it, and of each that it met why it was not sent. */
export function replaysAddUp({ tables }: Evidence): Invariant {
  return {
    name: 'replays_add_up',
    on: {},
    atEnd: () => {
      for (const {
        replayId,
        status,
        found,
        enqueued,
        leftOut,
        delivered,
        filtered,
        dead,
      } of tables.replays.values()) {
        if (status !== 'finished') continue;
        if (found !== enqueued + leftOut)
          return `${replayId} met ${found} records, of which ${enqueued} were sent and ${leftOut} left out`;
        const ended = delivered + filtered + dead;
        if (ended !== enqueued) return `${replayId} sent ${enqueued} records and knows the end of ${ended}`;
      }
      return undefined;
    },
  };
}
