import type { AttemptDraft } from '../../outbox/delivery-store.ts';
import type { AttemptRow, Page, PageQuery } from '../admin-store.ts';
import { attemptOf } from '../attempt-row.ts';
import { integer } from '../column.ts';
import { pageOf } from '../page.ts';
import type { Statements } from './statements.ts';
import { decodeCursor } from '../cursor.ts';

/** Failed sends kept for each destination; the oldest go first. */
export const MAX_ATTEMPTS_KEPT = 200;

export function insertAttempt(statements: Statements, destinationNo: number, attempt: AttemptDraft): void {
  statements.run(
    `insert into aegis_siem_attempts (destination_no, outcome, answer, events, bytes, first_seq, at)
     values (?, ?, ?, ?, ?, ?, ?)`,
    destinationNo,
    attempt.outcome,
    JSON.stringify(attempt.answer),
    attempt.events,
    attempt.bytes,
    attempt.firstSeq,
    Math.floor(attempt.atMs),
  );
  statements.run(
    `delete from aegis_siem_attempts where destination_no = ?1 and attempt_no <= (
       select attempt_no from aegis_siem_attempts where destination_no = ?1
       order by attempt_no desc limit 1 offset ${MAX_ATTEMPTS_KEPT})`,
    destinationNo,
  );
}

/** Newest first. */
export function listAttempts(
  statements: Statements,
  destinationNo: number,
  page: PageQuery,
): Page<AttemptRow> {
  const [before] = page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number']);
  const rows = statements.all(
    `select attempt_no, outcome, answer, events, bytes, first_seq, at from aegis_siem_attempts
     where destination_no = ? and attempt_no < ? order by attempt_no desc limit ?`,
    destinationNo,
    before ?? Number.MAX_SAFE_INTEGER,
    page.limit + 1,
  );
  return pageOf(rows, page, (row) => [integer(row, 'attempt_no')], attemptOf);
}
