import type { Evidence, EventOf, Invariant } from './invariant.ts';
import { DoubleCount } from './double-count.ts';

/**
 * An event is sent again only where its first sending may have failed, was finished by another owner, or people want it again;
 * and whatever stands in a SIEM twice was counted by the engine under a cause.
 */
export function duplicatesAllowedOnly({ tables, ledger }: Evidence): Invariant {
  /** `destination/uid` of what is finished as delivered and not wanted again. */
  const finished = new Set<string>();
  /** `destination/uid` -> token of the owner that heard for certain that it is in. */
  const certain = new Map<string, number>();
  const count = new DoubleCount();

  const sendStarted = ({ send }: EventOf<'send_started'>): string | undefined => {
    const { destinationNo, token, events } = send;
    count.sent(send);
    const isPresentOwner = tables.lanes.get(destinationNo)?.token === token;
    for (const { kind, uid } of events) {
      if (kind !== 'event') continue;
      const key = `${destinationNo}/${uid}`;
      if (isPresentOwner && finished.has(key)) {
        return `destination ${destinationNo}: ${uid} is sent again after it was finished`;
      }
      if (certain.get(key) === token) {
        return `destination ${destinationNo}: ${uid} is sent again by the owner that heard of its delivery`;
      }
    }
    return undefined;
  };

  const answered = ({ send, outcome }: EventOf<'answered'>): undefined => {
    count.heard(send);
    const partly = outcome.kind === 'partial' ? outcome.taken : 0;
    const sure = outcome.kind === 'delivered' ? send.events.length : partly;
    for (const { kind, uid } of send.events.slice(0, sure)) {
      if (kind === 'event') certain.set(`${send.destinationNo}/${uid}`, send.token);
    }
  };

  return {
    name: 'duplicates_allowed_only',
    on: {
      send_started: sendStarted,
      answered,
      finished: ({ destinationNo, draft }) => {
        const tombs = new Set(draft.tombstones.map(({ index }) => index));
        for (const [index, recordNo] of draft.recordNos.entries()) {
          const uid = recordNo === null ? undefined : ledger.records.get(recordNo)?.uid;
          if (uid !== undefined && !tombs.has(index)) finished.add(`${destinationNo}/${uid}`);
        }
        return undefined;
      },
      given_up: ({ destinationNo, draft }) => {
        count.mayBeUncounted(destinationNo, draft.recordNos.length);
        return undefined;
      },
      wanted_again: ({ destinationNo, recordNos }) => {
        for (const recordNo of recordNos) {
          const key = `${destinationNo}/${ledger.records.get(recordNo)?.uid ?? ''}`;
          finished.delete(key);
          certain.delete(key);
        }
        return undefined;
      },
      taken: ({ send, events, again }) => {
        // What a SIEM doubles by itself, nobody else can know of.
        if (!again) count.taken(send.destinationNo, events);
        return undefined;
      },
      doubles_counted: ({ destinationNo, cause, events }) => {
        if (cause !== 'replay') count.counted(destinationNo, events);
        return undefined;
      },
    },
    atEnd: () => count.judge((destinationNo) => ledger.deletedDestinations.has(destinationNo)),
  };
}
