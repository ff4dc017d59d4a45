import type { BatchKey } from '../../outbox/batch.ts';
import type { AttemptDraft, LaneLease } from '../../outbox/delivery-store.ts';
import type { AttemptRow, Page, PageQuery } from '../admin-store.ts';
import { decodeCursor } from '../cursor.ts';
import { attemptOf } from '../attempt-row.ts';
import { integer } from '../column.ts';
import type { Statements } from './database.ts';
import { pageOf } from '../page.ts';

/** Failed sends kept for each destination; the oldest go first. */
export const MAX_ATTEMPTS_KEPT = 200;

/** Counts the failed send at its batch and keeps what is told about it, in one statement. */
export async function noteFailedSend(
  statements: Statements,
  lease: LaneLease,
  key: BatchKey,
  attempt: AttemptDraft,
): Promise<boolean> {
  const noted = await statements.run(
    `with lane as (
       select destination_no from @schema@.aegis_siem_lanes where destination_no = $1 and owner = $2 and token = $3
     ), batch as (
       update @schema@.aegis_siem_batches b set attempts = b.attempts + 1, last_answer = $6 from lane
       where b.destination_no = lane.destination_no and b.epoch_no = $4 and b.first_seq = $5 and b.token = $3
       returning b.destination_no
     ), old as (
       delete from @schema@.aegis_siem_attempts a using batch
       where a.destination_no = batch.destination_no and a.attempt_no <= (
         select o.attempt_no from @schema@.aegis_siem_attempts o where o.destination_no = $1
         order by o.attempt_no desc limit 1 offset ${MAX_ATTEMPTS_KEPT - 1})
     )
     insert into @schema@.aegis_siem_attempts (destination_no, outcome, answer, events, bytes, first_seq, at)
     select destination_no, $7, $6, $8, $9, $10, $11 from batch`,
    [
      lease.destinationNo,
      lease.owner,
      lease.token,
      key.epochNo,
      key.firstSeq,
      JSON.stringify(attempt.answer),
      attempt.outcome,
      attempt.events,
      attempt.bytes,
      attempt.firstSeq,
      Math.floor(attempt.atMs),
    ],
  );
  return noted > 0;
}

/** Newest first. */
export async function listAttempts(
  statements: Statements,
  destinationNo: number,
  page: PageQuery,
): Promise<Page<AttemptRow>> {
  const [before] = page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number']);
  const rows = await statements.all(
    `select attempt_no, outcome, answer, events, bytes, first_seq, at from @schema@.aegis_siem_attempts
     where destination_no = $1 and attempt_no < $2 order by attempt_no desc limit $3`,
    [destinationNo, before ?? Number.MAX_SAFE_INTEGER, page.limit + 1],
  );
  return pageOf(rows, page, (row) => [integer(row, 'attempt_no')], attemptOf);
}
