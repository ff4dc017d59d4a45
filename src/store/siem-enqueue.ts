import { announceWork } from '../outbox/wake-signal.ts';
import { eventDraft, type OtherEvent } from './event-draft.ts';
import { enqueueInPostgres } from './postgres/record-transaction.ts';
import { postgresOptions, type RecordOptions } from './record-options.ts';
import type { EnqueueResult } from './record-result.ts';
import { enqueueInSqlite, type EnqueueTarget } from './sqlite/enqueue-in-sqlite.ts';
import { safeLogger } from './safe-logger.ts';
import type { StoreLogger } from './store.ts';
import { checkTransaction, isSqlite, type Transaction } from './transaction.ts';

/**
 * Writes pending rows in the caller's own transaction: for an attestation that is recorded already, by its id, or for another
 * event with its own OCSF body. `recordAttestation` does it by itself; call this for what was recorded by other means.
 *
 * Never rejects and never costs the caller's transaction anything: what fails is the answer, and a warning. A repeated call for
 * rows that are still open writes none.
 */
export async function siemEnqueue(
  tx: Transaction,
  subject: string | OtherEvent,
  options: RecordOptions = {},
): Promise<EnqueueResult> {
  const logger = safeLogger(options.logger);
  try {
    const result = await enqueue(tx, subject, options, logger);
    if (result.status === 'enqueued' && result.rows > 0) (options.wake ?? announceWork)();
    return result;
  } catch (error) {
    // Whatever it was, the hot path must not learn of it by an exception.
    const message = error instanceof Error ? error.message : 'unknown error';
    logger.warn({ code: 'enqueue_failed', reason: message }, 'Not enqueued for the SIEM');
    return { status: 'failed', code: 'enqueue_failed', message };
  }
}

async function enqueue(
  tx: Transaction,
  subject: string | OtherEvent,
  options: RecordOptions,
  logger: StoreLogger,
): Promise<EnqueueResult> {
  checkTransaction(tx);
  const target = targetOf(subject);
  if ('refusal' in target) return { status: 'rejected', refusal: target.refusal };
  return isSqlite(tx)
    ? enqueueInSqlite(tx, target, logger)
    : enqueueInPostgres(tx, target, postgresOptions(options, logger));
}

function targetOf(
  subject: string | OtherEvent,
): EnqueueTarget | Extract<ReturnType<typeof eventDraft>, { ok: false }> {
  if (typeof subject === 'string') return { attestationId: subject };
  const drafted = eventDraft(subject);
  return drafted.ok ? { event: drafted.draft } : drafted;
}
