import type { OpenRow, OpenRowQuery } from '../../outbox/delivery-store.ts';
import { StoreError } from '../store-error.ts';
import { maybeText, numbers, text } from './column.ts';
import type { Row, Statements } from './database.ts';

/** Joins texts in the answer of the reading functions; no JSON text holds it as it is (RFC 8259, section 7). */
const SEPARATOR = '\u001e';

// The reading that decides how fast a lane drains: the whole batch is one row of the answer, since making an object of each row
// costs this process as much as all the rest.

export async function readOpenRows(statements: Statements, query: OpenRowQuery): Promise<OpenRow[]> {
  const { afterRecordNo, maxRows, maxBodyBytes } = query;
  const rows = await readOnce(statements, query);
  if (rows !== undefined) return rows;
  // A record that was written past all checks holds the separator: read one by one, its text is taken as it is.
  const single: OpenRow[] = [];
  let last = afterRecordNo;
  let bodyBytes = 0;
  while (single.length < maxRows && bodyBytes < maxBodyBytes) {
    const [row] = (await readOnce(statements, { ...query, afterRecordNo: last, maxRows: 1 })) ?? [];
    if (row === undefined) break;
    single.push(row);
    last = row.recordNo;
    bodyBytes += Buffer.byteLength(row.body);
  }
  return single;
}

async function readOnce(statements: Statements, query: OpenRowQuery): Promise<OpenRow[] | undefined> {
  // The cursor has passed most of what is in flight: only what lies ahead of it must be left out.
  const ahead = query.exclude.filter((recordNo) => recordNo > query.afterRecordNo);
  const row = await statements.first('select * from @schema@.aegis_siem_read_open_rows($1, $2, $3, $4, $5)', [
    query.destinationNo,
    query.afterRecordNo,
    query.maxRows,
    query.maxBodyBytes,
    ahead,
  ]);
  return rowsOf(row);
}

/** The records of a batch by number; those that are missing are left out. `replayed` is the batch's to say, and false here. */
export async function readRecords(statements: Statements, recordNos: readonly number[]): Promise<OpenRow[]> {
  const read = async (wanted: readonly number[]) =>
    rowsOf(await statements.first('select * from @schema@.aegis_siem_read_records($1)', [wanted]));
  const together = await read(recordNos);
  if (together !== undefined) return together;
  const single: OpenRow[] = [];
  for (const recordNo of recordNos) single.push(...((await read([recordNo])) ?? []));
  return single;
}

/** Undefined when the parts cannot be told apart. */
function rowsOf(row: Row | undefined): OpenRow[] | undefined {
  if (row === undefined || maybeText(row, 'record_nos') === undefined) return [];
  const recordNos = numbers(row, 'record_nos');
  const sources = text(row, 'sources');
  const replays = text(row, 'replays');
  const isSingle = recordNos.length === 1;
  const recordIds = isSingle ? [text(row, 'record_ids')] : text(row, 'record_ids').split(SEPARATOR);
  const bodies = isSingle ? [text(row, 'bodies')] : text(row, 'bodies').split(SEPARATOR);
  if (bodies.length !== recordNos.length || recordIds.length !== recordNos.length) return undefined;
  return recordNos.map((recordNo, index) => {
    const recordId = recordIds[index];
    const body = bodies[index];
    if (recordId === undefined || body === undefined) {
      throw new StoreError('store_corrupt', 'The reading of open rows answered another shape');
    }
    return {
      recordNo,
      source: sources[index] === 'a' ? 'attestation' : 'event',
      recordId,
      body,
      replayed: replays[index] === '1',
    };
  });
}
