import { isUuid } from './uuid.ts';
import type { RecordDraft } from '../../outbox/record-store.ts';
import type { EnqueueResult, RecordAttestationResult } from '../record-result.ts';
import { StoreError } from '../store-error.ts';
import type { StoreLogger } from '../store.ts';
import { StoreUnavailableError } from '../store-unavailable-error.ts';
import { boundedCall, DEFAULT_CALL_TIMEOUT_MS } from './bounded-call.ts';
import { integer, maybeInteger, maybeText, text } from '../column.ts';
import { guardedCall } from './guarded-call.ts';
import { sqlStateOf, toStoreError } from './postgres-error.ts';
import { checkedSchemaName, DEFAULT_SCHEMA } from './schema-name.ts';
import { prepared } from './prepared.ts';
import { runSteps, type PostgresTransaction, type Step } from './transaction-client.ts';
import { unkeepable } from './unkeepable-text.ts';

export interface PostgresCallOptions {
  readonly logger: StoreLogger;
  /** Where the tables of aegis-siem are; default `public`. */
  readonly schema?: string;
  /**
   * Longest time of the call; a shorter `statement_timeout` of the caller's stays. Default 1,000 ms. `Infinity` leaves it to the
   * caller's own and saves a statement.
   */
  readonly timeoutMs?: number;
  /**
   * Keeps our statements prepared on the caller's connection, which saves their parsing and planning at each call. Leave it off
   * behind a pooler in transaction mode that does not follow prepared statements (PgBouncer before 1.21).
   */
  readonly prepare?: boolean;
}

/** What to enqueue: an attestation that is recorded already, or another event with its own body. */
export type EnqueueTarget =
  | { readonly attestationId: string }
  /** `recordId` is `metadata.uid`. */
  | { readonly event: RecordDraft };

/**
 * Records an attestation that the parser accepted, and enqueues it, in the caller's transaction. One round trip where the driver
 * pipelines (`pg` with `pipeline: true`, postgres.js), else two. Nothing is true before the caller's COMMIT: check that it is
 * answered with the tag COMMIT, since a failed transaction answers ROLLBACK without an error.
 *
 * Answers `transaction_lost` when the transaction cannot go on; throws `StoreError` when the store fails as a whole (connection
 * lost, disk full, tables or rights missing).
 */
export async function recordInPostgres(
  tx: PostgresTransaction,
  draft: RecordDraft,
  options: PostgresCallOptions,
): Promise<RecordAttestationResult> {
  const refusal = unkeepable(draft);
  if (refusal !== undefined) return { status: 'rejected', refusal };
  const schema = checkedSchemaName(options.schema ?? DEFAULT_SCHEMA);
  const call = (restore: string) => ({
    text: `select r.status, r.record_no::text, r.enqueued, r.reason, ${restore}
      from ${schema}.aegis_siem_record_as($1, $2, $3) r`,
    values: [draft.recordId, draft.workspaceId, draft.body],
  });
  const steps = stepsOf(schema, call, options);
  try {
    const answers = await runSteps(tx, steps);
    return recordResultOf(draft, answers.at(-1), options.logger);
  } catch (error) {
    const failure = toStoreError(error);
    if (isLostTransaction(error)) {
      return { status: 'transaction_lost', code: failure.code, message: failure.message };
    }
    throw failure;
  }
}

/**
 * Enqueues in the caller's transaction, behind a savepoint: whatever fails, what the caller did before stands. Never rejects.
 */
export async function enqueueInPostgres(
  tx: PostgresTransaction,
  target: EnqueueTarget,
  options: PostgresCallOptions,
): Promise<EnqueueResult> {
  const refusal = 'event' in target ? unkeepable(target.event, 'event') : notUuid(target.attestationId);
  if (refusal !== undefined) return { status: 'rejected', refusal };
  try {
    const schema = checkedSchemaName(options.schema ?? DEFAULT_SCHEMA);
    const call =
      'event' in target ? eventCall(schema, target.event) : attestationCall(schema, target.attestationId);
    const done = await guardedCall(tx, stepsOf(schema, call, options));
    if (done.ok) return enqueueResultOf(done.row, options.logger);
    const { code, message } = done.failure;
    options.logger.warn({ code, reason: message, status: done.status }, 'Not enqueued for the SIEM');
    return { status: done.status, code, message };
  } catch (error) {
    // Only wrong options come here; they too must not take the caller's transaction along.
    const { code } = toStoreError(error);
    const message = error instanceof RangeError ? error.message : 'The enqueue failed';
    options.logger.warn({ code, reason: message }, 'Not enqueued for the SIEM');
    return { status: 'failed', code, message };
  }
}

function stepsOf(
  schema: string,
  call: (restore: string) => Step,
  { timeoutMs = DEFAULT_CALL_TIMEOUT_MS, prepare = false }: PostgresCallOptions,
): readonly Step[] {
  const steps = boundedCall(schema, call, timeoutMs);
  return prepare ? prepared(steps) : steps;
}

function attestationCall(schema: string, attestationId: string) {
  return (restore: string) => ({
    text: `select ${schema}.aegis_siem_enqueue($1) as enqueued, ${restore}`,
    values: [attestationId],
  });
}

function eventCall(schema: string, draft: RecordDraft) {
  return (restore: string) => ({
    text: `select r.status, r.enqueued, r.reason, ${restore}
      from ${schema}.aegis_siem_enqueue_event_as($1, $2, $3) r`,
    values: [draft.recordId, draft.workspaceId, draft.body],
  });
}

type CallRow = Readonly<Record<string, unknown>>;

function recordResultOf(
  draft: RecordDraft,
  row: CallRow | undefined,
  logger: StoreLogger,
): RecordAttestationResult {
  const attestationId = draft.recordId;
  const status = row === undefined ? undefined : text(row, 'status');
  if (row === undefined || status === undefined)
    throw new StoreError('store_failed', 'PostgreSQL answered no row');
  if (status === 'duplicate') return { status, attestationId };
  if (status === 'conflict')
    return { status: 'rejected', refusal: idConflict('/attestation_id', 'attestation_id') };
  const enqueued = maybeInteger(row, 'enqueued') ?? null;
  if (enqueued === null) warnNotEnqueued(logger, row);
  return { status: 'recorded', attestationId, recordNo: integer(row, 'record_no'), enqueued };
}

function enqueueResultOf(row: CallRow | undefined, logger: StoreLogger): EnqueueResult {
  const status = row === undefined ? undefined : maybeText(row, 'status');
  if (status === 'conflict')
    return { status: 'rejected', refusal: idConflict('/event/metadata/uid', 'metadata.uid') };
  if (status === 'duplicate') return { status: 'enqueued', rows: 0 };
  const rows = row === undefined ? undefined : maybeInteger(row, 'enqueued');
  if (rows !== undefined) return { status: 'enqueued', rows };
  warnNotEnqueued(logger, row ?? {});
  return {
    status: 'failed',
    code: 'not_enqueued',
    message: 'No pending row was written; a record that is there is noted for the reconciler',
  };
}

function warnNotEnqueued(logger: StoreLogger, row: CallRow): void {
  // PostgreSQL's sentence stays in its own log: only its code is sure to hold nothing of the record.
  const code = maybeText(row, 'reason')?.slice(0, 5) ?? 'unknown';
  logger.warn({ code }, 'Recorded, but not enqueued for the SIEM; the reconciler will try again');
}

function idConflict(pointer: string, what: string) {
  return { code: 'id_conflict', pointer, message: `This ${what} is recorded already, with other bytes` };
}

function notUuid(attestationId: string) {
  if (isUuid(attestationId)) return undefined;
  return { code: 'invalid_uuid', pointer: '/attestation_id', message: 'attestation_id must be a UUID' };
}

/** The server is there, but the caller's transaction has failed. */
function isLostTransaction(error: unknown): boolean {
  const sqlState = sqlStateOf(error);
  if (sqlState === undefined) return false;
  const isMissingOrForbidden = sqlState.startsWith('42') || sqlState.startsWith('3F');
  if (isMissingOrForbidden) return false;
  const failure = toStoreError(error);
  return !(failure instanceof StoreUnavailableError) || /^(25P|40|55P03|57014)/.test(sqlState);
}
