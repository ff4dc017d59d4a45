import type { AuditRecord, DeadLetter, DeadLetterFilter, Page, PageQuery } from '../admin-store.ts';
import { decodeCursor } from '../cursor.ts';
import { MAX_DEAD_LETTERS_A_CALL } from '../dead-letter-limits.ts';
import { auditOfTaken } from '../dead-letter-audit.ts';
import { appendAudit } from './audit.ts';
import { integer, present, text } from '../column.ts';
import type { Row, Statements } from './database.ts';
import { deadLetterOf } from '../dead-letter-row.ts';
import { pageOf } from '../page.ts';

// Ids are compared as text: one that is no UUID matches nothing, and is no error.
const MATCHING = `
  from @schema@.aegis_siem_dead_letters l
  join @schema@.aegis_siem_destinations d on d.destination_no = l.destination_no
  left join @schema@.aegis_siem_events e on e.record_no = l.record_no and l.event_id is not null
  where (l.destination_no, l.record_no) > ($1::integer, $2::bigint)
    and ($3::text is null or d.workspace_id = $3) and ($4::text is null or d.destination_id::text = lower($4))
    and ($5::text is null or l.code = $5) and ($6::text is null or l.status = $6)
    and ($7::text[] is null or l.dead_letter_id::text = any ($7))
    and ($8::text is null or l.attestation_id::text = $8)
    and ($9::bigint is null or l.dead_at >= $9) and ($10::bigint is null or l.dead_at < $10)`;

/** By destination and record number. */
export async function listDeadLetters(
  statements: Statements,
  filter: DeadLetterFilter,
  page: PageQuery,
): Promise<Page<DeadLetter>> {
  const [destinationNo, recordNo] =
    page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number', 'number']);
  const rows = await statements.all(
    `select l.*, d.destination_id, d.workspace_id, e.metadata_uid ${MATCHING}
     order by l.destination_no, l.record_no limit $11`,
    [destinationNo ?? 0, recordNo ?? 0, ...filterValues(filter), page.limit + 1],
  );
  return pageOf(
    rows,
    page,
    (row) => [integer(row, 'destination_no'), integer(row, 'record_no')],
    deadLetterOf,
  );
}

/**
 * Puts dead letters back into the outbox, marked as replayed. Letters of a deleted destination stay: nobody would send them.
 * Skipped ones come back only when the filter asks for them by status or id.
 */
export async function retryDeadLetters(
  statements: Statements,
  filter: DeadLetterFilter,
  dryRun: boolean,
  audit: AuditRecord,
): Promise<string[]> {
  const status = filter.status ?? (filter.ids === undefined ? 'dead' : undefined);
  const letters = (await matching(statements, { ...filter, ...present('status', status) }, dryRun)).filter(
    (letter) => letter['state'] !== 'deleted',
  );
  const ids = letters.map((letter) => text(letter, 'dead_letter_id'));
  if (!dryRun && ids.length > 0) {
    await statements.run(
      `with gone as (
         delete from @schema@.aegis_siem_dead_letters where dead_letter_id = any ($1::uuid[])
         returning destination_no, record_no, attestation_id, event_id
       )
       insert into @schema@.aegis_siem_outbox (destination_no, record_no, attestation_id, event_id, replayed)
       select destination_no, record_no, attestation_id, event_id, true from gone on conflict do nothing`,
      [ids],
    );
    await appendAudit(statements, auditOfTaken(audit, ids));
  }
  return ids;
}

/** Closes dead letters for good, with who and why. Only dead ones: a skipped letter keeps its first reason. */
export async function skipDeadLetters(
  statements: Statements,
  filter: DeadLetterFilter,
  reason: string,
  actor: string,
  dryRun: boolean,
  audit: AuditRecord,
): Promise<string[]> {
  if (filter.status === 'skipped') return [];
  const letters = await matching(statements, { ...filter, status: 'dead' }, dryRun);
  const ids = letters.map((letter) => text(letter, 'dead_letter_id'));
  if (!dryRun && ids.length > 0) {
    await statements.run(
      `update @schema@.aegis_siem_dead_letters set status = 'skipped', skipped_by = $1, skip_reason = $2
       where dead_letter_id = any ($3::uuid[])`,
      [actor, reason, ids],
    );
    await appendAudit(statements, auditOfTaken(audit, ids));
  }
  return ids;
}

/** Two people who act at the same time take different letters, or wait for each other: the rows are locked. */
async function matching(
  statements: Statements,
  filter: DeadLetterFilter,
  dryRun: boolean,
): Promise<readonly Row[]> {
  return statements.all(
    `select l.destination_no, l.record_no, l.dead_letter_id, d.state ${MATCHING}
     order by l.destination_no, l.record_no limit $11 ${dryRun ? '' : 'for update of l'}`,
    [0, 0, ...filterValues(filter), MAX_DEAD_LETTERS_A_CALL],
  );
}

function filterValues(filter: DeadLetterFilter): (string | string[] | number | null)[] {
  return [
    filter.workspaceId ?? null,
    filter.destinationId ?? null,
    filter.code ?? null,
    filter.status ?? null,
    filter.ids === undefined ? null : filter.ids.map((id) => id.toLowerCase()),
    filter.attestationId?.toLowerCase() ?? null,
    filter.deadFromMs ?? null,
    filter.deadBeforeMs ?? null,
  ];
}
