import type { BatchDraft, BatchKey } from '../../outbox/batch.ts';
import type { Completion, DeadLetterDraft, LaneLease, SettleResult } from '../../outbox/delivery-store.ts';
import { StoreError } from '../store-error.ts';
import { batchJson } from './batch-row.ts';
import { integer, text } from '../column.ts';
import { deadLettersOf, NAMED_DESTINATION_COLUMNS, namedDestinationOf } from '../delivery-fact-rows.ts';
import { deadLetterFacts } from '../delivery-facts.ts';
import type { Database, Row, Statements } from './database.ts';
import { NOW_MS } from './lanes.ts';
import { recordAdminEvent } from './record-admin-event.ts';

const RESULTS: readonly SettleResult[] = ['settled', 'duplicate', 'lane_lost'];

/** Ends a batch that was taken: its rows go, a receipt comes, and what its tombstones stand for becomes dead letters. */
export async function completeBatch(
  database: Database,
  lease: LaneLease,
  key: BatchKey,
  completion: Completion,
): Promise<SettleResult> {
  return settling(database, lease.destinationNo, completion.deadLetters, async (statements) =>
    resultOf(
      await statements.first(
        'select @schema@.aegis_siem_complete_batch($1, $2, $3, $4, $5, $6, $7, $8, $9) as result',
        [
          lease.destinationNo,
          lease.owner,
          lease.token,
          key.epochNo,
          key.firstSeq,
          ...completionValues(completion),
        ],
      ),
    ),
  );
}

/** Puts smaller batches with the same numbers in the place of one, and finishes the part that was taken. */
export async function replaceBatch(
  database: Database,
  lease: LaneLease,
  key: BatchKey,
  parts: {
    readonly delivered?: { draft: BatchDraft; completion: Completion };
    readonly open: readonly BatchDraft[];
  },
): Promise<SettleResult> {
  const { delivered, open } = parts;
  const dead = delivered?.completion.deadLetters ?? [];
  return settling(database, lease.destinationNo, dead, async (statements) =>
    resultOf(
      await statements.first(
        'select @schema@.aegis_siem_replace_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as result',
        [
          lease.destinationNo,
          lease.owner,
          lease.token,
          key.epochNo,
          key.firstSeq,
          `[${open.map(batchJson).join(',')}]`,
          delivered === undefined ? null : batchJson(delivered.draft),
          ...(delivered === undefined ? [null, null, null, '[]'] : completionValues(delivered.completion)),
        ],
      ),
    ),
  );
}

/** One statement, but where something goes dead: then the event that tells of it is written in the same transaction. */
async function settling(
  database: Database,
  destinationNo: number,
  dead: readonly DeadLetterDraft[],
  settle: (statements: Statements) => Promise<SettleResult>,
): Promise<SettleResult> {
  if (dead.length === 0) return settle(database);
  return database.transaction(async (statements) => {
    const result = await settle(statements);
    if (result === 'settled') await tellDeadLetters(statements, destinationNo, dead);
    return result;
  });
}

/** All that became dead letters here, in one administrative event; one that is such an event itself is not told of. */
async function tellDeadLetters(
  statements: Statements,
  destinationNo: number,
  dead: readonly DeadLetterDraft[],
): Promise<void> {
  const rows = await statements.all(
    `select l.record_no, coalesce(l.attestation_id::text, e.metadata_uid) as record_id
     from @schema@.aegis_siem_dead_letters l left join @schema@.aegis_siem_events e using (record_no)
     where l.destination_no = $1 and l.record_no = any ($2::bigint[]) and e.source is distinct from 'admin'`,
    [destinationNo, dead.map(({ recordNo }) => recordNo)],
  );
  const destination = await statements.first(
    `select ${NAMED_DESTINATION_COLUMNS}, ${NOW_MS} as now from @schema@.aegis_siem_destinations d
     where d.destination_no = $1`,
    [destinationNo],
  );
  if (rows.length === 0 || destination === undefined) return;
  const letters = deadLettersOf(rows, dead);
  const facts = deadLetterFacts(namedDestinationOf(destination), letters, integer(destination, 'now'));
  await recordAdminEvent(statements, facts);
}

function completionValues({ answer, ackId, deadLetters }: Completion): (string | number | null)[] {
  return [answer.status ?? null, JSON.stringify(answer), ackId ?? null, JSON.stringify(deadLetters)];
}

function resultOf(row: Row | undefined): SettleResult {
  const word = row === undefined ? '' : text(row, 'result');
  const result = RESULTS.find((one) => one === word);
  if (result === undefined) throw new StoreError('store_corrupt', 'The completion answered an unknown word');
  return result;
}
