import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditRecord } from '../admin-store.ts';
import type { StreamEnd } from '../audit-facts.ts';
import { streamEndOf } from '../checkpoint-rows.ts';
import { appendAudit } from './audit.ts';
import { integer } from '../column.ts';
import type { SqliteConnection } from './connection.ts';
import { now, readDestination, writeDestination } from './destinations.ts';
import { NOW_MS } from './lanes.ts';
import {
  COUNT_LIMIT,
  countDeadLetters,
  countDeadRecords,
  countOpenRecords,
  countOpenRows,
} from './progress.ts';
import { enqueueOwed } from './reconcile.ts';
import type { Statements } from './statements.ts';

export interface SkipOrder {
  readonly actor: string;
  readonly reason: string;
}

export type DeleteResult =
  | { readonly status: 'deleted' }
  | { readonly status: 'not_found' }
  | { readonly status: 'has_open'; readonly openRows: number; readonly deadLetters: number };

/** Rows skipped in one transaction: the write lock belongs to the recording, and is borrowed for a moment only. */
const SKIP_STEP_ROWS = 2_000;

const ONLY_ADMIN_REASON = 'Administrative events of a destination that was deleted';

/** A random UUID (version 4) made by SQLite, one for each row of a set. */
const RANDOM_UUID = `lower(substr(hex(randomblob(4)), 1, 8) || '-' || hex(randomblob(2)) || '-4' ||
  substr(hex(randomblob(2)), 2) || '-' || substr('89ab', abs(random() % 4) + 1, 1) || substr(hex(randomblob(2)), 2) || '-' ||
  hex(randomblob(6)))`;

/**
 * Marks a destination as deleted and wipes its credentials. Open rows and dead letters are skipped by `skip`, with its actor and
 * reason, never dropped; without that order only administrative events are. A large backlog is skipped step by step, newest first, before the last step deletes: a stop in the
 * middle leaves a destination that still exists, and rows that say who skipped them.
 */
export async function deleteDestination(
  connection: SqliteConnection,
  destinationId: string,
  skip: SkipOrder | undefined,
  audit: AuditRecord,
): Promise<DeleteResult> {
  for (;;) {
    const step = connection.write((statements): DeleteResult | 'again' => {
      const destination = readDestination(statements, destinationId, {});
      if (destination === undefined) return { status: 'not_found' };
      const { destinationNo } = destination;
      enqueueOwed(statements, destinationNo);
      const openRows = countOpenRows(statements, destinationNo, COUNT_LIMIT);
      const deadLetters = countDeadLetters(statements, destinationNo, COUNT_LIMIT);
      if (skip === undefined && openRows + deadLetters > 0) {
        const records = countOpenRecords(statements, destinationNo, COUNT_LIMIT);
        const dead = countDeadRecords(statements, destinationNo, COUNT_LIMIT);
        if (records + dead > 0) return { status: 'has_open', openRows: records, deadLetters: dead };
      }
      if (openRows + deadLetters > 0) {
        // What is left without an order are events about the destinations themselves: they keep nobody from deleting one.
        const order = skip ?? { actor: audit.actor, reason: ONLY_ADMIN_REASON };
        skipOpenRows(statements, destinationNo, order);
        skipDead(statements, destinationNo, order);
        if (openRows > SKIP_STEP_ROWS || deadLetters > SKIP_STEP_ROWS) return 'again';
      }
      const streamEnd = endLane(statements, destinationNo);
      const nowMs = now(statements);
      writeDestination(statements, {
        ...destination,
        state: 'deleted',
        sealed: {},
        credentialNotes: {},
        fingerprints: {},
        rowVersion: destination.rowVersion + 1,
        updatedAtMs: nowMs,
      });
      appendAudit(statements, audit, { streamEnd });
      return { status: 'deleted' };
    });
    if (step !== 'again') return step;
    await nextTurn();
  }
}

function skipOpenRows(statements: Statements, destinationNo: number, { actor, reason }: SkipOrder): void {
  const oldest = statements.first(
    `select min(record_no) as record_no from (
       select record_no from aegis_siem_outbox where destination_no = ? order by record_no desc limit ?)`,
    destinationNo,
    SKIP_STEP_ROWS,
  );
  if (oldest === undefined || oldest['record_no'] === null) return;
  const fromNo = integer(oldest, 'record_no');
  statements.run(
    `insert into aegis_siem_dead_letters (destination_no, record_no, dead_letter_id, attestation_id, event_id, status, code,
       message, attempts, dead_at, skipped_by, skip_reason)
     select destination_no, record_no, ${RANDOM_UUID}, attestation_id, event_id, 'skipped', 'destination_deleted',
       'The destination was deleted before the event was delivered', 0, ${NOW_MS}, ?, ?
     from aegis_siem_outbox where destination_no = ? and record_no >= ?
     on conflict (destination_no, record_no) do update set status = 'skipped', skipped_by = excluded.skipped_by,
       skip_reason = excluded.skip_reason`,
    actor,
    reason,
    destinationNo,
    fromNo,
  );
  statements.run(
    'delete from aegis_siem_outbox where destination_no = ? and record_no >= ?',
    destinationNo,
    fromNo,
  );
}

function skipDead(statements: Statements, destinationNo: number, { actor, reason }: SkipOrder): void {
  statements.run(
    `update aegis_siem_dead_letters set status = 'skipped', skipped_by = ?2, skip_reason = ?3
     where destination_no = ?1 and record_no in (
       select record_no from aegis_siem_dead_letters where destination_no = ?1 and status = 'dead' limit ?4)`,
    destinationNo,
    actor,
    reason,
    SKIP_STEP_ROWS,
  );
}

/**
 * Takes the lane from its owner, whoever that is: a completion that comes later is refused by the token. Numbers of batches that were
 * not finished are given back, since no receipt will ever come for them: what is below the next number has one. Answers where the
 * stream ends.
 */
function endLane(statements: Statements, destinationNo: number): StreamEnd {
  statements.run(
    `update aegis_siem_lanes as l set owner = null, token = token + 1, leased_until = 0, next_seq = coalesce((
       select min(b.first_seq) from aegis_siem_batches b
       where b.destination_no = l.destination_no and b.epoch_no = l.epoch_no), next_seq)
     where destination_no = ?`,
    destinationNo,
  );
  statements.run('delete from aegis_siem_batches where destination_no = ?', destinationNo);
  return streamEndOf(
    statements.first(
      'select stream_id, epoch, next_seq from aegis_siem_lanes where destination_no = ?',
      destinationNo,
    ),
  );
}
