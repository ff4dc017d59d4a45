import type { AuditRecord } from '../admin-store.ts';
import type { StreamEnd } from '../audit-facts.ts';
import { streamEndOf } from '../checkpoint-rows.ts';
import { appendAudit } from './audit.ts';
import type { Database, Statements } from './database.ts';
import { enqueueOwed, lockDestination, now, writeDestination } from './destinations.ts';
import { NOW_MS } from './lanes.ts';
import {
  COUNT_LIMIT,
  countDeadLetters,
  countDeadRecords,
  countOpenRecords,
  countOpenRows,
} from './progress.ts';

export interface SkipOrder {
  readonly actor: string;
  readonly reason: string;
}

export type DeleteResult =
  | { readonly status: 'deleted' }
  | { readonly status: 'not_found' }
  | { readonly status: 'has_open'; readonly openRows: number; readonly deadLetters: number };

/** Rows skipped in one transaction: short ones leave the outbox to the recording. */
const SKIP_STEP_ROWS = 2_000;

const ONLY_ADMIN_REASON = 'Administrative events of a destination that was deleted';

/**
 * Marks a destination as deleted and wipes its credentials. Open rows and dead letters are skipped by `skip`, with its actor and
 * reason, never dropped; without that order only administrative events are. A large backlog is skipped step by step, newest first, before the last step deletes: a stop in the
 * middle leaves a destination that still exists, and rows that say who skipped them.
 */
export async function deleteDestination(
  database: Database,
  destinationId: string,
  skip: SkipOrder | undefined,
  audit: AuditRecord,
): Promise<DeleteResult> {
  for (;;) {
    const step = await database.transaction(async (statements): Promise<DeleteResult | 'again'> => {
      const destination = await lockDestination(statements, destinationId);
      if (destination === undefined) return { status: 'not_found' };
      const { destinationNo } = destination;
      await lockLane(statements, destinationNo);
      await enqueueOwed(statements, destinationNo);
      const openRows = await countOpenRows(statements, destinationNo, COUNT_LIMIT);
      const deadLetters = await countDeadLetters(statements, destinationNo, COUNT_LIMIT);
      if (skip === undefined && openRows + deadLetters > 0) {
        const records = await countOpenRecords(statements, destinationNo, COUNT_LIMIT);
        const dead = await countDeadRecords(statements, destinationNo, COUNT_LIMIT);
        if (records + dead > 0) return { status: 'has_open', openRows: records, deadLetters: dead };
      }
      if (openRows + deadLetters > 0) {
        // What is left without an order are events about the destinations themselves: they keep nobody from deleting one.
        const order = skip ?? { actor: audit.actor, reason: ONLY_ADMIN_REASON };
        await skipOpenRows(statements, destinationNo, order);
        await skipDead(statements, destinationNo, order);
        if (openRows > SKIP_STEP_ROWS || deadLetters > SKIP_STEP_ROWS) return 'again';
      }
      const streamEnd = await endLane(statements, destinationNo);
      await writeDestination(statements, {
        ...destination,
        state: 'deleted',
        sealed: {},
        credentialNotes: {},
        fingerprints: {},
        rowVersion: destination.rowVersion + 1,
        updatedAtMs: await now(statements),
      });
      await appendAudit(statements, audit, { streamEnd });
      return { status: 'deleted' };
    });
    if (step !== 'again') return step;
  }
}

/**
 * In the order in which the delivery takes them: lane, batches, and only then rows. The other way round this and a batch that is
 * being finished wait for each other, and PostgreSQL ends one of them.
 */
async function lockLane(statements: Statements, destinationNo: number): Promise<void> {
  for (const table of ['aegis_siem_lanes', 'aegis_siem_batches']) {
    await statements.run(`select from @schema@.${table} where destination_no = $1 for update`, [
      destinationNo,
    ]);
  }
}

async function skipOpenRows(
  statements: Statements,
  destinationNo: number,
  { actor, reason }: SkipOrder,
): Promise<void> {
  await statements.run(
    `with gone as (
       delete from @schema@.aegis_siem_outbox o where o.destination_no = $1 and o.record_no = any (array(
         select record_no from @schema@.aegis_siem_outbox where destination_no = $1 order by record_no desc limit $4))
       returning o.record_no, o.attestation_id, o.event_id
     )
     insert into @schema@.aegis_siem_dead_letters (destination_no, record_no, attestation_id, event_id, status, code, message,
       attempts, dead_at, skipped_by, skip_reason)
     select $1, record_no, attestation_id, event_id, 'skipped', 'destination_deleted',
       'The destination was deleted before the event was delivered', 0, ${NOW_MS}, $2, $3
     from gone
     on conflict (destination_no, record_no) do update set status = 'skipped', skipped_by = excluded.skipped_by,
       skip_reason = excluded.skip_reason`,
    [destinationNo, actor, reason, SKIP_STEP_ROWS],
  );
}

/**
 * Skips rows of transactions that were under way while their destination was deleted: nobody saw them then, and nobody would
 * send them now. Rare, and bounded by the step.
 */
export async function skipRowsOfDeleted(statements: Statements): Promise<void> {
  await statements.run(
    `with gone as (
       delete from @schema@.aegis_siem_outbox o where (o.destination_no, o.record_no) in (
         select r.destination_no, r.record_no from @schema@.aegis_siem_destinations d,
           lateral (select destination_no, record_no from @schema@.aegis_siem_outbox
             where destination_no = d.destination_no limit $1) r
         where d.state = 'deleted')
       returning o.destination_no, o.record_no, o.attestation_id, o.event_id
     )
     insert into @schema@.aegis_siem_dead_letters (destination_no, record_no, attestation_id, event_id, status, code, message,
       attempts, dead_at, skipped_by, skip_reason)
     select destination_no, record_no, attestation_id, event_id, 'skipped', 'destination_deleted',
       'The destination was deleted before the event was delivered', 0, ${NOW_MS}, 'reconciler',
       'Recorded while the destination was being deleted'
     from gone on conflict (destination_no, record_no) do nothing`,
    [SKIP_STEP_ROWS],
  );
}

async function skipDead(
  statements: Statements,
  destinationNo: number,
  { actor, reason }: SkipOrder,
): Promise<void> {
  await statements.run(
    `update @schema@.aegis_siem_dead_letters set status = 'skipped', skipped_by = $2, skip_reason = $3
     where destination_no = $1 and record_no in (
       select record_no from @schema@.aegis_siem_dead_letters where destination_no = $1 and status = 'dead' limit $4)`,
    [destinationNo, actor, reason, SKIP_STEP_ROWS],
  );
}

/**
 * Takes the lane from its owner, whoever that is: a completion that comes later is refused by the token. Numbers of batches that were
 * not finished are given back, since no receipt will ever come for them: what is below the next number has one. Answers where the
 * stream ends.
 */
async function endLane(statements: Statements, destinationNo: number): Promise<StreamEnd> {
  await statements.run(
    `update @schema@.aegis_siem_lanes l set owner = null, token = token + 1, leased_until = 0, next_seq = coalesce((
       select min(b.first_seq) from @schema@.aegis_siem_batches b
       where b.destination_no = l.destination_no and b.epoch_no = l.epoch_no), next_seq)
     where destination_no = $1`,
    [destinationNo],
  );
  await statements.run('delete from @schema@.aegis_siem_batches where destination_no = $1', [destinationNo]);
  return streamEndOf(
    await statements.first(
      'select stream_id, epoch, next_seq from @schema@.aegis_siem_lanes where destination_no = $1',
      [destinationNo],
    ),
  );
}
