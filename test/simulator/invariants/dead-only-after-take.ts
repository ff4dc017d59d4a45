import { REFUSED_CODE, TOO_BIG_CODE } from '../../../src/delivery/next-step.ts';
import type { Evidence, Invariant } from './invariant.ts';

/** An event goes dead only when its destination refused it and took another one after that. */
export function deadOnlyAfterTake({ ledger, siems }: Evidence): Invariant {
  const uidOf = (recordNo: number): string => ledger.records.get(recordNo)?.uid ?? '';
  return {
    name: 'dead_only_after_take',
    on: {
      wanted_again: ({ destinationNo, recordNos }) => {
        for (const recordNo of recordNos) siems.get(destinationNo)?.refusedAt.delete(uidOf(recordNo));
        return undefined;
      },
      finished: ({ destinationNo, completion }) => {
        const siem = siems.get(destinationNo);
        for (const letter of completion.deadLetters) {
          if (letter.code !== REFUSED_CODE && letter.code !== TOO_BIG_CODE) continue;
          const uid = uidOf(letter.recordNo);
          const refusedAt = siem?.refusedAt.get(uid);
          if (refusedAt === undefined)
            return `destination ${destinationNo}: ${uid} goes dead and was never refused`;
          if ((siem?.lastTakenAt ?? 0) <= refusedAt) {
            return `destination ${destinationNo}: ${uid} goes dead and nothing was taken after it was refused`;
          }
        }
        return undefined;
      },
    },
  };
}
