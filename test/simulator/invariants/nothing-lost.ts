import { hashAt } from '../../../src/outbox/batch-places.ts';
import { epochName } from '../../../src/store/memory/memory-tables.ts';
import type { Evidence, EventOf, Invariant } from './invariant.ts';

/**
 * What is finished in the store as delivered is in the SIEM, number and bytes; and in the end every record that was owed to a
 * destination is there, or dead or skipped with a trace.
 */
export function nothingLost({ tables, ledger }: Evidence): Invariant {
  /** `destination/epoch/number/hash` of all that stands in a SIEM. */
  const inSiem = new Set<string>();
  /** `destination/uid`. */
  const delivered = new Set<string>();
  const isDead = (destinationNo: number, recordNo: number): boolean =>
    tables.deadLetters.some(
      (letter) => letter.destinationNo === destinationNo && letter.recordNo === recordNo,
    );

  const taken = ({ send, events }: EventOf<'taken'>): undefined => {
    for (const { epoch, seq, sha256, kind, uid } of events) {
      inSiem.add(`${send.destinationNo}/${epoch}/${seq}/${sha256}`);
      if (kind === 'event') delivered.add(`${send.destinationNo}/${uid}`);
    }
  };

  const finished = ({ destinationNo, draft }: EventOf<'finished'>): string | undefined => {
    const epoch = epochName(destinationNo, draft.epochNo);
    const untaken = new Set(draft.tombstones.filter((one) => one.untaken === true).map((one) => one.index));
    for (const index of draft.recordNos.keys()) {
      const seq = draft.firstSeq + index;
      const sha256 = Buffer.from(hashAt(draft, index)).toString('hex');
      if (untaken.has(index) || inSiem.has(`${destinationNo}/${epoch}/${seq}/${sha256}`)) continue;
      return `destination ${destinationNo}: number ${seq} is finished as delivered, and the SIEM does not have it`;
    }
    return undefined;
  };

  return {
    name: 'nothing_lost',
    on: { taken, finished },
    atEnd: () => {
      for (const { committed, owedTo, uid, recordNo } of ledger.records.values()) {
        for (const destinationNo of committed ? owedTo : []) {
          if (delivered.has(`${destinationNo}/${uid}`) || ledger.isSkipped(destinationNo, recordNo)) continue;
          if (isDead(destinationNo, recordNo)) continue;
          return `destination ${destinationNo}: ${uid} is neither delivered nor dead nor skipped`;
        }
      }
      return undefined;
    },
  };
}
