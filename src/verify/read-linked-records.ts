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

const RECORDS_AT_ONCE = 200;

/** The records from one number to another, in order, read in steps. */
export async function* recordsIn(
  source: RecordSource,
  fromRecordNo: number,
  toRecordNo: number,
): AsyncGenerator<ChainedRecord, void> {
  for (let afterRecordNo = fromRecordNo - 1; afterRecordNo < toRecordNo;) {
    const page = await source.readRecords({ afterRecordNo, toRecordNo, maxRecords: RECORDS_AT_ONCE });
    yield* page;
    if (page.length < RECORDS_AT_ONCE) return;
    afterRecordNo = page.at(-1)?.recordNo ?? toRecordNo;
  }
}

/**
 * What stands under the numbers of a link, hashed; and the longest time that one of these records waited for the link. `onRecord` sees
 * each of them with its body, which is let go of then.
 */
export async function readLinkedRecords(
  source: RecordSource,
  { fromRecordNo, toRecordNo, madeAtMs }: SignedLink,
  onRecord?: (record: ChainedRecord) => void,
): Promise<{ readonly records: readonly PresentRecord[]; readonly longestWaitMs: number }> {
  const records: PresentRecord[] = [];
  let longestWaitMs = 0;
  for await (const record of recordsIn(source, fromRecordNo, toRecordNo)) {
    records.push(presentRecord(record));
    longestWaitMs = Math.max(longestWaitMs, madeAtMs - record.recordedAtMs);
    onRecord?.(record);
  }
  return { records, longestWaitMs };
}
