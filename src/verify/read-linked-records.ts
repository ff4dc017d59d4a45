import type { SignedLink } from '../proof/chain-link.ts';
import type { ChainedRecord } from '../proof/record-text.ts';
import { type PresentRecord, presentRecord } from './compare-records.ts';

export interface RecordSource {
  readRecords(range: {
    readonly afterRecordNo: number;
    readonly toRecordNo: number;
    readonly maxRecords: number;
  }): Promise<readonly ChainedRecord[]>;
}

export const RECORDS_AT_ONCE = 200;

/** What stands under the numbers of a link, hashed; and the longest time that one of these records waited for the link. */
export async function readLinkedRecords(
  source: RecordSource,
  { fromRecordNo, toRecordNo, madeAtMs }: SignedLink,
): Promise<{ readonly records: readonly PresentRecord[]; readonly longestWaitMs: number }> {
  const records: PresentRecord[] = [];
  let longestWaitMs = 0;
  for (let afterRecordNo = fromRecordNo - 1; afterRecordNo < toRecordNo;) {
    const page = await source.readRecords({ afterRecordNo, toRecordNo, maxRecords: RECORDS_AT_ONCE });
    for (const record of page) {
      records.push(presentRecord(record));
      longestWaitMs = Math.max(longestWaitMs, madeAtMs - record.recordedAtMs);
    }
    if (page.length < RECORDS_AT_ONCE) break;
    afterRecordNo = page.at(-1)?.recordNo ?? toRecordNo;
  }
  return { records, longestWaitMs };
}
