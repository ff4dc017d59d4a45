import type { AuditRecord, DeadLetter, DeadLetterFilter, Page, PageQuery } from '../admin-store.ts';
import { decodeCursor } from '../cursor.ts';
import { MAX_DEAD_LETTERS_A_CALL } from '../dead-letter-limits.ts';
import { auditOfTaken } from '../dead-letter-audit.ts';
import { appendAudit } from './audit.ts';
import { integer, present, text } from '../column.ts';
import { deadLetterOf } from '../dead-letter-row.ts';
import { pageOf } from '../page.ts';
import type { Row, Statements } from './statements.ts';

const MATCHING = `
  from aegis_siem_dead_letters l
  join aegis_siem_destinations d on d.destination_no = l.destination_no
  left join aegis_siem_events e on e.record_no = l.record_no and l.event_id is not null
  where (l.destination_no, l.record_no) > (?1, ?2)
    and (?3 is null or d.workspace_id = ?3) and (?4 is null or d.destination_id = ?4)
    and (?5 is null or l.code = ?5) and (?6 is null or l.status = ?6)
    and (?7 is null or l.dead_letter_id in (select value from json_each(?7)))
    and (?8 is null or l.attestation_id = ?8) and (?9 is null or l.dead_at >= ?9) and (?10 is null or l.dead_at < ?10)`;

/** By destination and record number. */
export function listDeadLetters(
  statements: Statements,
  filter: DeadLetterFilter,
  page: PageQuery,
): Page<DeadLetter> {
  const [destinationNo, recordNo] =
    page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number', 'number']);
  const rows = statements.all(
    `select l.*, d.destination_id, d.workspace_id, e.metadata_uid ${MATCHING}
     order by l.destination_no, l.record_no limit ?11`,
    destinationNo ?? 0,
    recordNo ?? 0,
    ...filterValues(filter),
    page.limit + 1,
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
export function retryDeadLetters(
  statements: Statements,
  filter: DeadLetterFilter,
  dryRun: boolean,
  audit: AuditRecord,
): string[] {
  const status = filter.status ?? (filter.ids === undefined ? 'dead' : undefined);
  const letters = matching(statements, { ...filter, ...present('status', status) }).filter(
    (letter) => letter['state'] !== 'deleted',
  );
  const ids = letters.map((letter) => text(letter, 'dead_letter_id'));
  if (!dryRun && ids.length > 0) {
    for (const letter of letters) {
      const key = [integer(letter, 'destination_no'), integer(letter, 'record_no')] as const;
      statements.run(
        `insert into aegis_siem_outbox (destination_no, record_no, attestation_id, event_id, replayed)
         select destination_no, record_no, attestation_id, event_id, 1 from aegis_siem_dead_letters
         where destination_no = ? and record_no = ? on conflict do nothing`,
        ...key,
      );
      statements.run(
        'delete from aegis_siem_dead_letters where destination_no = ? and record_no = ?',
        ...key,
      );
    }
    appendAudit(statements, auditOfTaken(audit, ids));
  }
  return ids;
}

/** Closes dead letters for good, with who and why. Only dead ones: a skipped letter keeps its first reason. */
export function skipDeadLetters(
  statements: Statements,
  filter: DeadLetterFilter,
  reason: string,
  actor: string,
  dryRun: boolean,
  audit: AuditRecord,
): string[] {
  if (filter.status === 'skipped') return [];
  const letters = matching(statements, { ...filter, status: 'dead' });
  const ids = letters.map((letter) => text(letter, 'dead_letter_id'));
  if (!dryRun && ids.length > 0) {
    for (const letter of letters) {
      statements.run(
        `update aegis_siem_dead_letters set status = 'skipped', skipped_by = ?, skip_reason = ?
         where destination_no = ? and record_no = ?`,
        actor,
        reason,
        integer(letter, 'destination_no'),
        integer(letter, 'record_no'),
      );
    }
    appendAudit(statements, auditOfTaken(audit, ids));
  }
  return ids;
}

function matching(statements: Statements, filter: DeadLetterFilter): Row[] {
  return statements.all(
    `select l.destination_no, l.record_no, l.dead_letter_id, d.state ${MATCHING}
     order by l.destination_no, l.record_no limit ?11`,
    0,
    0,
    ...filterValues(filter),
    MAX_DEAD_LETTERS_A_CALL,
  );
}

function filterValues(filter: DeadLetterFilter): (string | number | null)[] {
  return [
    filter.workspaceId ?? null,
    filter.destinationId ?? null,
    filter.code ?? null,
    filter.status ?? null,
    filter.ids === undefined ? null : JSON.stringify(filter.ids),
    filter.attestationId?.toLowerCase() ?? null,
    filter.deadFromMs ?? null,
    filter.deadBeforeMs ?? null,
  ];
}
