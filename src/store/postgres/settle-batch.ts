import type { BatchDraft, BatchKey } from '../../outbox/batch.ts';
import type { Completion, LaneLease, SettleResult } from '../../outbox/delivery-store.ts';
import { StoreError } from '../store-error.ts';
import { batchJson } from './batch-row.ts';
import { text } from '../column.ts';
import type { Row, Statements } from './database.ts';

const RESULTS: readonly SettleResult[] = ['settled', 'duplicate', 'lane_lost'];

/** Ends a batch that was taken: its rows go, a receipt comes, and what its tombstones stand for becomes dead letters. */
export async function completeBatch(
  statements: Statements,
  lease: LaneLease,
  key: BatchKey,
  completion: Completion,
): Promise<SettleResult> {
  const row = await statements.first(
    'select @schema@.aegis_siem_complete_batch($1, $2, $3, $4, $5, $6, $7, $8, $9) as result',
    [
      lease.destinationNo,
      lease.owner,
      lease.token,
      key.epochNo,
      key.firstSeq,
      ...completionValues(completion),
    ],
  );
  return resultOf(row);
}

/** Puts smaller batches with the same numbers in the place of one, and finishes the part that was taken. */
export async function replaceBatch(
  statements: Statements,
  lease: LaneLease,
  key: BatchKey,
  parts: {
    readonly delivered?: { draft: BatchDraft; completion: Completion };
    readonly open: readonly BatchDraft[];
  },
): Promise<SettleResult> {
  const { delivered, open } = parts;
  const row = await statements.first(
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
  );
  return resultOf(row);
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
