import { randomUUID } from 'node:crypto';
import type { BatchDraft, BatchKey } from '../../outbox/batch.ts';
import type { Completion, DeadLetterDraft, LaneLease, SettleResult } from '../../outbox/delivery-store.ts';
import { integer } from '../column.ts';
import { deadLettersOf, NAMED_DESTINATION_COLUMNS, namedDestinationOf } from '../delivery-fact-rows.ts';
import { deadLetterFacts } from '../delivery-facts.ts';
import { insertBatch, listOrNull, takeBatch } from './batch-row.ts';
import { holdsLane, NOW_MS } from './lanes.ts';
import { recordAdminEvent } from './record-admin-event.ts';
import type { Statements } from './statements.ts';

/** Ends a batch that was taken: its rows go, a receipt comes, and what its tombstones stand for becomes dead letters. */
export function completeBatch(
  statements: Statements,
  lease: LaneLease,
  key: BatchKey,
  completion: Completion,
): SettleResult {
  if (!holdsLane(statements, lease)) return 'lane_lost';
  const batch = takeBatch(statements, lease.destinationNo, key);
  if (batch === undefined) return 'duplicate';
  finish(statements, lease.destinationNo, batch, completion, batch.attempts);
  return 'settled';
}

/** Puts smaller batches with the same numbers in the place of one, and finishes the part that was taken. */
export function replaceBatch(
  statements: Statements,
  lease: LaneLease,
  key: BatchKey,
  parts: {
    readonly delivered?: { draft: BatchDraft; completion: Completion };
    readonly open: readonly BatchDraft[];
  },
): SettleResult {
  if (!holdsLane(statements, lease)) return 'lane_lost';
  const batch = takeBatch(statements, lease.destinationNo, key);
  if (batch === undefined) return 'duplicate';
  const { delivered, open } = parts;
  if (delivered !== undefined) {
    finish(statements, lease.destinationNo, delivered.draft, delivered.completion, batch.attempts);
  }
  const lastAnswer = batch.lastAnswer === undefined ? null : JSON.stringify(batch.lastAnswer);
  for (const draft of open) insertBatch(statements, lease, draft, { attempts: batch.attempts, lastAnswer });
  return 'settled';
}

/** `failedSends`: those before the one that was taken, which is counted here. */
function finish(
  statements: Statements,
  destinationNo: number,
  batch: BatchDraft,
  completion: Completion,
  failedSends: number,
): void {
  const placed = batch.recordNos.filter((recordNo) => recordNo !== null);
  const finished = [...placed, ...batch.leftOut];
  for (const dead of completion.deadLetters) insertDeadLetter(statements, destinationNo, dead);
  tellDeadLetters(statements, destinationNo, completion.deadLetters);
  statements.run(
    `delete from aegis_siem_outbox
     where destination_no = ? and record_no in (select value from json_each(?))`,
    destinationNo,
    JSON.stringify(finished),
  );
  statements.run(
    `insert into aegis_siem_receipts (destination_no, epoch_no, first_seq, places, min_record_no, max_record_no, record_nos,
       hashes, tombstones, left_out, replayed, destination_version, attempts, http_status, answer, ack_id, delivered_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${NOW_MS})`,
    destinationNo,
    batch.epochNo,
    batch.firstSeq,
    batch.recordNos.length,
    finished.reduce((least, recordNo) => Math.min(least, recordNo), finished[0] ?? 0),
    finished.reduce((greatest, recordNo) => Math.max(greatest, recordNo), 0),
    JSON.stringify(batch.recordNos),
    batch.hashes,
    listOrNull(batch.tombstones),
    listOrNull(batch.leftOut),
    listOrNull(batch.replayed),
    batch.destinationVersion,
    failedSends + 1,
    completion.answer.status ?? null,
    JSON.stringify(completion.answer),
    completion.ackId ?? null,
  );
}

/** All that became dead letters here, in one administrative event; one that is such an event itself is not told of. */
function tellDeadLetters(
  statements: Statements,
  destinationNo: number,
  dead: readonly DeadLetterDraft[],
): void {
  if (dead.length === 0) return;
  const rows = statements.all(
    `select l.record_no, coalesce(l.attestation_id, e.metadata_uid) as record_id
     from aegis_siem_dead_letters l left join aegis_siem_events e using (record_no)
     where l.destination_no = ? and l.record_no in (select value from json_each(?)) and e.source is not 'admin'`,
    destinationNo,
    JSON.stringify(dead.map(({ recordNo }) => recordNo)),
  );
  const destination = statements.first(
    `select ${NAMED_DESTINATION_COLUMNS}, ${NOW_MS} as now from aegis_siem_destinations d where d.destination_no = ?`,
    destinationNo,
  );
  if (rows.length === 0 || destination === undefined) return;
  const letters = deadLettersOf(rows, dead);
  recordAdminEvent(
    statements,
    deadLetterFacts(namedDestinationOf(destination), letters, integer(destination, 'now')),
  );
}

/** A record that goes dead once more, after a retry, keeps one letter: the newest reason. */
function insertDeadLetter(statements: Statements, destinationNo: number, dead: DeadLetterDraft): void {
  statements.run(
    `insert into aegis_siem_dead_letters (destination_no, record_no, dead_letter_id, attestation_id, event_id, status, code,
       message, answer, attempts, dead_at)
     values (?1, ?2, ?3, (select attestation_id from aegis_siem_attestations where record_no = ?2),
       (select event_id from aegis_siem_events where record_no = ?2), 'dead', ?4, ?5, ?6, ?7, ${NOW_MS})
     on conflict (destination_no, record_no) do update set dead_letter_id = excluded.dead_letter_id, status = 'dead',
       code = excluded.code, message = excluded.message, answer = excluded.answer, attempts = excluded.attempts,
       dead_at = excluded.dead_at, skipped_by = null, skip_reason = null`,
    destinationNo,
    dead.recordNo,
    randomUUID(),
    dead.code,
    dead.message,
    dead.answer === undefined ? null : JSON.stringify(dead.answer),
    dead.attempts,
  );
}
