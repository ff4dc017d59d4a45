import type { Evidence, Invariant } from './invariant.ts';

/** What a transaction wrote is sent only once the transaction has committed; what rolled back is never sent. */
export function nothingSentBeforeCommit({ ledger }: Evidence): Invariant {
  return {
    name: 'nothing_sent_before_commit',
    on: {
      send_started: ({ send }) => {
        const early = send.events.find(
          ({ uid }) => !uid.startsWith('checkpoint:') && ledger.byUid.get(uid)?.committed !== true,
        );
        return early === undefined ? undefined : `${early.uid} is sent and its record is not committed`;
      },
    },
  };
}
