import type { RecordSource } from '../../outbox/destination.ts';
import { inRecordOrder, type ReplayEvidence } from '../../outbox/replay-choice.ts';
import type { ReplayCursor, ReplaySelection } from '../../outbox/replay.ts';
import { integer } from '../column.ts';
import type { Row, Statements } from './database.ts';

/** The stream of records that a replay goes through. */
export interface ReplayScope {
  readonly destinationNo: number;
  readonly workspaceId: string;
  readonly sources: readonly RecordSource[];
  readonly selection: ReplaySelection;
  readonly lastRecordNo: number;
}

// By the index of times, which ends in the number. The order names the workspace too, so that the index alone gives it.

const BY_TIME = `workspace_id = $1 and (recorded_at, record_no) > ($2::bigint, $3::bigint)
  and recorded_at < $4 and record_no <= $5`;

const ATTESTATIONS_BY_TIME = `select record_no, recorded_at from @schema@.aegis_siem_attestations
  where ${BY_TIME} order by workspace_id, recorded_at, record_no limit $6`;

const EVENTS_BY_TIME = `select record_no, recorded_at from @schema@.aegis_siem_events
  where ${BY_TIME} and source = any ($7::text[]) order by workspace_id, recorded_at, record_no limit $6`;

const NAMED = `select record_no, recorded_at from @schema@.aegis_siem_attestations
  where record_no = any ($1::bigint[]) and workspace_id = $2 and (recorded_at, record_no) > ($3::bigint, $4::bigint)
  order by recorded_at, record_no limit $5`;

/** The next `limit` records of the selection after the cursor, in the order of their recording. */
export async function nextCandidates(
  statements: Statements,
  { workspaceId, sources, selection, lastRecordNo }: ReplayScope,
  cursor: ReplayCursor,
  limit: number,
): Promise<readonly ReplayCursor[]> {
  if (selection.kind === 'records') {
    const rows = await statements.all(NAMED, [
      selection.recordNos,
      workspaceId,
      cursor.recordedAtMs,
      cursor.recordNo,
      limit,
    ]);
    return rows.map(cursorOf);
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
  ];
  const attestations = sources.includes('attestations')
    ? await statements.all(ATTESTATIONS_BY_TIME, bounds)
    : [];
  const events = await statements.all(EVENTS_BY_TIME, [...bounds, sources]);
  return inRecordOrder(attestations.map(cursorOf), events.map(cursorOf), limit);
}

/** What the destination has of these records. Without `receipts` only what is open, or a letter: enough to send them again. */
export async function evidenceOf(
  statements: Statements,
  destinationNo: number,
  candidates: readonly ReplayCursor[],
  receipts: boolean,
): Promise<ReplayEvidence> {
  const recordNos = candidates.map(({ recordNo }) => recordNo);
  const open = await stillOpen(statements, destinationNo, recordNos);
  const ofLetters = await letters(statements, destinationNo, recordNos);
  if (!receipts) return { open, letters: ofLetters, delivered: new Set(), receipted: new Set() };
  const first = recordNos.reduce((least, number) => Math.min(least, number), Number.MAX_SAFE_INTEGER);
  const last = recordNos.reduce((greatest, number) => Math.max(greatest, number), 0);
  const inReceipts = await statements.all(
    `select m.record_no, c.tombstones is not null and exists (
       select 1 from json_array_elements(c.tombstones::json) t where (t.value ->> 'index')::bigint = m.place - 1) as tombstone
     from @schema@.aegis_siem_receipts c, unnest(c.record_nos) with ordinality m (record_no, place)
     where c.destination_no = $1 and c.max_record_no >= $2 and c.min_record_no <= $3 and m.record_no = any ($4::bigint[])`,
    [destinationNo, first, last, recordNos],
  );
  const beside = await statements.all(
    `select m as record_no from @schema@.aegis_siem_receipts c, unnest(c.left_out) m
     where c.destination_no = $1 and c.max_record_no >= $2 and c.min_record_no <= $3 and m = any ($4::bigint[])
     union all
     select m from @schema@.aegis_siem_batches b, unnest(b.record_nos) m
     where b.destination_no = $1 and m = any ($4::bigint[])`,
    [destinationNo, first, last, recordNos],
  );
  return {
    open,
    letters: ofLetters,
    delivered: new Set(inReceipts.filter((row) => row['tombstone'] === false).map(numberOf)),
    receipted: new Set([...inReceipts, ...beside].map(numberOf)),
  };
}

/** Which of these records have an open row. Rows go together with their batch: without a row there is no batch of it. */
export async function stillOpen(
  statements: Statements,
  destinationNo: number,
  recordNos: readonly number[],
): Promise<ReadonlySet<number>> {
  if (recordNos.length === 0) return new Set();
  const rows = await statements.all(
    `select record_no from @schema@.aegis_siem_outbox where destination_no = $1 and record_no = any ($2::bigint[])`,
    [destinationNo, recordNos],
  );
  return new Set(rows.map(numberOf));
}

/** Which of these records have a dead or skipped letter. */
export async function letters(
  statements: Statements,
  destinationNo: number,
  recordNos: readonly number[],
): Promise<ReadonlySet<number>> {
  const rows = await statements.all(
    `select record_no from @schema@.aegis_siem_dead_letters
     where destination_no = $1 and record_no = any ($2::bigint[])`,
    [destinationNo, recordNos],
  );
  return new Set(rows.map(numberOf));
}

function cursorOf(row: Row): ReplayCursor {
  return { recordedAtMs: integer(row, 'recorded_at'), recordNo: integer(row, 'record_no') };
}

function numberOf(row: Row): number {
  return integer(row, 'record_no');
}
