import type { RecordSource } from '../../outbox/destination.ts';
import { inRecordOrder, type ReplayEvidence } from '../../outbox/replay-choice.ts';
import type { ReplayCursor, ReplaySelection } from '../../outbox/replay.ts';
import { integer } from '../column.ts';
import type { Row, Statements } from './statements.ts';

/** The stream of records that a replay goes through. */
export interface ReplayScope {
  readonly destinationNo: number;
  readonly workspaceId: string;
  readonly sources: readonly RecordSource[];
  readonly selection: ReplaySelection;
  readonly lastRecordNo: number;
}

// By the index of times: (recorded_at, record_no) is the order in it, since an entry ends in the row's number.

const BY_TIME = `workspace_id = ?1 and recorded_at >= ?2 and (recorded_at > ?2 or record_no > ?3)
  and recorded_at < ?4 and record_no <= ?5`;

const ATTESTATIONS_BY_TIME = `select record_no, recorded_at from aegis_siem_attestations
  where ${BY_TIME} order by recorded_at, record_no limit ?6`;

const EVENTS_BY_TIME = `select record_no, recorded_at from aegis_siem_events
  where ${BY_TIME} and source in (select value from json_each(?7)) order by recorded_at, record_no limit ?6`;

const NAMED = `select record_no, recorded_at from aegis_siem_attestations
  where record_no in (select value from json_each(?1)) and workspace_id = ?2
    and (recorded_at > ?3 or (recorded_at = ?3 and record_no > ?4))
  order by recorded_at, record_no limit ?5`;

/** The next `limit` records of the selection after the cursor, in the order of their recording. */
export function nextCandidates(
  statements: Statements,
  { workspaceId, sources, selection, lastRecordNo }: ReplayScope,
  cursor: ReplayCursor,
  limit: number,
): readonly ReplayCursor[] {
  if (selection.kind === 'records') {
    const named = JSON.stringify(selection.recordNos);
    return statements
      .all(NAMED, named, workspaceId, cursor.recordedAtMs, cursor.recordNo, limit)
      .map(cursorOf);
  }
  const fromMs = selection.kind === 'range' ? selection.fromMs : selection.sinceMs;
  const beforeMs = selection.kind === 'range' ? selection.toMs : undefined;
  const begun = cursor.recordedAtMs >= fromMs;
  const bounds = [
    workspaceId,
    begun ? cursor.recordedAtMs : fromMs,
    begun ? cursor.recordNo : 0,
    beforeMs ?? Number.MAX_SAFE_INTEGER,
    lastRecordNo,
    limit,
  ] as const;
  const attestations = sources.includes('attestations')
    ? statements.all(ATTESTATIONS_BY_TIME, ...bounds).map(cursorOf)
    : [];
  const events = statements.all(EVENTS_BY_TIME, ...bounds, JSON.stringify(sources)).map(cursorOf);
  return inRecordOrder(attestations, events, limit);
}

/** What the destination has of these records. Without `receipts` only what is open, or a letter: enough to send them again. */
export function evidenceOf(
  statements: Statements,
  destinationNo: number,
  candidates: readonly ReplayCursor[],
  receipts: boolean,
): ReplayEvidence {
  const numbers = candidates.map(({ recordNo }) => recordNo);
  const open = stillOpen(statements, destinationNo, numbers);
  const ofLetters = letters(statements, destinationNo, numbers);
  if (!receipts) return { open, letters: ofLetters, delivered: new Set(), receipted: new Set() };
  const list = JSON.stringify(numbers);
  const first = numbers.reduce((least, number) => Math.min(least, number), Number.MAX_SAFE_INTEGER);
  const last = numbers.reduce((greatest, number) => Math.max(greatest, number), 0);
  const inReceipts = statements.all(
    `select m.value as record_no, exists (
       select 1 from json_each(coalesce(c.tombstones, '[]')) t where t.value ->> '$.index' = m.key) as tombstone
     from aegis_siem_receipts c, json_each(c.record_nos) m
     where c.destination_no = ?1 and c.max_record_no >= ?2 and c.min_record_no <= ?3
       and m.value in (select value from json_each(?4))`,
    destinationNo,
    first,
    last,
    list,
  );
  const beside = statements.all(
    `select m.value as record_no from aegis_siem_receipts c, json_each(c.left_out) m
     where c.destination_no = ?1 and c.max_record_no >= ?2 and c.min_record_no <= ?3
       and m.value in (select value from json_each(?4))
     union all
     select m.value from aegis_siem_batches b, json_each(b.record_nos) m
     where b.destination_no = ?1 and m.value in (select value from json_each(?4))`,
    destinationNo,
    first,
    last,
    list,
  );
  return {
    open,
    letters: ofLetters,
    delivered: new Set(inReceipts.filter((row) => row['tombstone'] === 0).map(numberOf)),
    receipted: new Set([...inReceipts, ...beside].map(numberOf)),
  };
}

/** Which of these records have an open row. Rows go together with their batch: without a row there is no batch of it. */
export function stillOpen(
  statements: Statements,
  destinationNo: number,
  recordNos: readonly number[],
): ReadonlySet<number> {
  const rows = statements.all(
    `select record_no from aegis_siem_outbox
     where destination_no = ? and record_no in (select value from json_each(?))`,
    destinationNo,
    JSON.stringify(recordNos),
  );
  return new Set(rows.map(numberOf));
}

/** Which of these records have a dead or skipped letter. */
export function letters(
  statements: Statements,
  destinationNo: number,
  recordNos: readonly number[],
): ReadonlySet<number> {
  const rows = statements.all(
    `select record_no from aegis_siem_dead_letters
     where destination_no = ? and record_no in (select value from json_each(?))`,
    destinationNo,
    JSON.stringify(recordNos),
  );
  return new Set(rows.map(numberOf));
}

function cursorOf(row: Row): ReplayCursor {
  return { recordedAtMs: integer(row, 'recorded_at'), recordNo: integer(row, 'record_no') };
}

function numberOf(row: Row): number {
  return integer(row, 'record_no');
}
