import { LIMIT_CODES } from '../../../src/delivery/over-limit.ts';
import { REFUSED_CODE, TOO_BIG_CODE } from '../../../src/delivery/next-step.ts';
import type { Evidence, Invariant } from './invariant.ts';

const OVER_LIMIT: ReadonlySet<string> = new Set(Object.values(LIMIT_CODES));

/**
 * An event goes dead only when its destination refused it and took another one after that, or when it waited beyond a limit
 * that an operator had set.
 */
export function deadOnlyAfterTake({ tables, ledger, siems }: Evidence): Invariant {
  const uidOf = (recordNo: number): string => ledger.records.get(recordNo)?.uid ?? '';
  /** `destination/record` of what people asked for again. */
  const wanted = new Set<string>();
  /** Under this version or an earlier one: a batch that is written anew keeps its tombstones. */
  const hadLimits = (destinationNo: number, version: number): boolean =>
    [...(tables.versions.get(destinationNo) ?? [])].some(
      ([earlier, { limits = {} }]) => earlier <= version && Object.keys(limits).length > 0,
    );
  return {
    name: 'dead_only_after_take',
    on: {
      wanted_again: ({ destinationNo, recordNos }) => {
        for (const recordNo of recordNos) {
          siems.get(destinationNo)?.refusedAt.delete(uidOf(recordNo));
          wanted.add(`${destinationNo}/${recordNo}`);
        }
        return undefined;
      },
      finished: ({ destinationNo, draft, completion }) => {
        const siem = siems.get(destinationNo);
        for (const letter of completion.deadLetters) {
          if (OVER_LIMIT.has(letter.code)) {
            if (!hadLimits(destinationNo, draft.destinationVersion))
              return `destination ${destinationNo}: ${uidOf(letter.recordNo)} goes dead by a limit that nobody set`;
            if (wanted.has(`${destinationNo}/${letter.recordNo}`))
              return `destination ${destinationNo}: ${uidOf(letter.recordNo)} was asked for again and goes dead by a limit`;
          }
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
