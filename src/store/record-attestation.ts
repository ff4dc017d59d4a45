import { parseAttestation } from '../attestation/parse-attestation.ts';
import type { Refusal } from '../attestation/refusal.ts';
import type { RecordDraft } from '../outbox/record-store.ts';
import { announceWork } from '../outbox/wake-signal.ts';
import { recordInPostgres } from './postgres/record-transaction.ts';
import { postgresOptions, type RecordOptions } from './record-options.ts';
import type { RecordAttestationResult } from './record-result.ts';
import { safeLogger } from './safe-logger.ts';
import { recordInSqlite } from './sqlite/record-in-sqlite.ts';
import { checkTransaction, isSqlite, type Transaction } from './transaction.ts';

/**
 * Records an attestation in the caller's own transaction and writes a pending row for each destination of its workspace. Text and
 * bytes are stored as they are; an object is serialised once. The answer holds once the caller has committed.
 *
 * The SIEM side never costs the record: when the rows cannot be written, the answer is `recorded` with `enqueued: null`, a warning
 * is logged, and the reconciler writes them later. Bad input is `rejected`, with a code and a JSON pointer.
 *
 * Throws `StoreError` (with a stable `code`; `disk_reserve` when the disk is full but for its reserve) when the store cannot
 * keep the record, and `TypeError` for a first argument that is
 * no transaction.
 */
export async function recordAttestation(
  tx: Transaction,
  attestation: string | Uint8Array | object,
  options: RecordOptions = {},
): Promise<RecordAttestationResult> {
  checkTransaction(tx);
  const logger = safeLogger(options.logger);
  const text = textOf(attestation);
  if (text === undefined) return { status: 'rejected', refusal: NO_TEXT };
  const parsed = parseAttestation(text);
  if (!parsed.ok) return { status: 'rejected', refusal: parsed.refusal };
  const draft: RecordDraft = {
    recordId: parsed.attestation.attestation_id,
    workspaceId: parsed.attestation.workspace_id,
    body: parsed.text,
  };
  const result = isSqlite(tx)
    ? recordInSqlite(tx, draft, logger, options.diskReserveBytes)
    : await recordInPostgres(tx, draft, postgresOptions(options, logger));
  if (result.status === 'recorded' && result.enqueued !== 0) (options.wake ?? announceWork)();
  return result;
}

const NO_TEXT: Refusal = Object.freeze({
  code: 'not_json',
  pointer: '',
  message: 'The object cannot be written as JSON: it holds itself, a bigint, or a toJSON that throws.',
});

/** A value that JSON leaves out has the empty text, which the parser refuses; one that it cannot hold has none. */
function textOf(attestation: string | Uint8Array | object): string | Uint8Array | undefined {
  if (typeof attestation === 'string' || attestation instanceof Uint8Array) return attestation;
  try {
    return JSON.stringify(attestation) ?? '';
  } catch {
    // Whatever a caller hands in, `evaluate()` must not learn of it by an exception.
    return undefined;
  }
}
