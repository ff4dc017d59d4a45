import type { ArrivingEvent } from '../arriving-event.ts';
import { epochName } from '../../../src/store/memory/memory-tables.ts';
import type { Evidence, EventOf, Invariant } from './invariant.ts';

/**
 * In the end the numbers that a SIEM has are without a gap from 1 in each epoch (but for those that are stated as gaps), and a
 * number stands for one event: its repeats have the same bytes, or are the tombstone of that very event.
 */
export function sequenceGapFree({ tables, ledger }: Evidence): Invariant {
  /** `destination/epoch/number` -> what stands there. */
  const standing = new Map<string, ArrivingEvent>();
  /** Places that are not filled, and why is known. */
  const stated = new Set<string>();
  const keyOf = (destinationNo: number, epochNo: number, seq: number): string =>
    `${destinationNo}/${epochName(destinationNo, epochNo)}/${seq}`;

  /** The last word of a stream, written at the stop, that did not get through in its grace. */
  const isStillOpen = (destinationNo: number, epochNo: number, seq: number): boolean =>
    tables.batches.get(destinationNo)?.has(`${epochNo}:${seq}`) === true;

  const taken = ({ send: { destinationNo }, events }: EventOf<'taken'>): string | undefined => {
    for (const one of events) {
      const key = `${destinationNo}/${one.epoch}/${one.seq}`;
      const before = standing.get(key);
      standing.set(key, one);
      if (before !== undefined && !mayStandTogether(before, one)) {
        return `destination ${destinationNo}: number ${one.seq} stood for ${before.kind} ${before.uid} and now for ${one.kind} ${one.uid}`;
      }
    }
    return undefined;
  };

  const atEnd = (): string | undefined => {
    for (const [destinationNo, { epochNo: present, nextSeq }] of tables.lanes) {
      if (ledger.deletedDestinations.has(destinationNo)) continue;
      for (let epochNo = 1; epochNo <= present; epochNo += 1) {
        const prefix = keyOf(destinationNo, epochNo, 0).slice(0, -1);
        const seqs = [...standing.keys()]
          .filter((key) => key.startsWith(prefix))
          .map((key) => Number(key.slice(prefix.length)));
        const highest = Math.max(0, ...seqs);
        const last = epochNo === present ? nextSeq - 1 : highest;
        if (highest > last) return `destination ${destinationNo}: number ${highest} was never given`;
        for (let seq = 1; seq <= last; seq += 1) {
          const key = keyOf(destinationNo, epochNo, seq);
          if (!standing.has(key) && !stated.has(key) && !isStillOpen(destinationNo, epochNo, seq)) {
            return `destination ${destinationNo}: number ${seq} of ${last} is missing in epoch ${epochNo}`;
          }
        }
      }
    }
    return undefined;
  };

  return {
    name: 'sequence_gap_free',
    on: {
      taken,
      given_up: ({ destinationNo, draft: { epochNo, firstSeq, recordNos } }) => {
        // Only of an epoch that has ended: in the present one each number must be filled.
        if (epochNo === tables.lanes.get(destinationNo)?.epochNo) return undefined;
        for (const index of recordNos.keys()) stated.add(keyOf(destinationNo, epochNo, firstSeq + index));
        return undefined;
      },
      finished: ({ destinationNo, draft: { epochNo, firstSeq, tombstones } }) => {
        for (const { index, untaken } of tombstones) {
          if (untaken === true) stated.add(keyOf(destinationNo, epochNo, firstSeq + index));
        }
        return undefined;
      },
    },
    atEnd,
  };
}

function mayStandTogether(before: ArrivingEvent, now: ArrivingEvent): boolean {
  if (before.sha256 === now.sha256) return true;
  const [tomb, other] = now.kind === 'tombstone' ? [now, before] : [before, now];
  if (tomb.kind !== 'tombstone') return false;
  // A tombstone of a tombstone keeps the word for the first event.
  return tomb.originalSha256 === (other.kind === 'tombstone' ? other.originalSha256 : other.sha256);
}
