import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { RecordDraft } from '../../outbox/record-store.ts';
import { idConflict, type RecordAttestationResult, transactionLost } from '../record-result.ts';
import { StoreError } from '../store-error.ts';
import type { StoreLogger } from '../store.ts';
import { CallerTransactions, statementsOf } from './caller-connection.ts';
import { DEFAULT_DISK_RESERVE_BYTES, DiskReserve } from './disk-reserve.ts';
import { countTaking, insertRows } from './enqueue-rows.ts';
import { guarded, noteMissed, TransactionLostError, warnNotEnqueued } from './guarded-enqueue.ts';
import { insertRecord, takeRecordNos } from './insert-record.ts';
import { recordGroup } from './record-group.ts';
import { toStoreError } from './sqlite-error.ts';
import type { Statements } from './statements.ts';

/**
 * Records an attestation that the parser accepted and enqueues it, on the caller's connection: in the transaction that is open
 * there (begin it with BEGIN IMMEDIATE), else in one of its own. In the caller's transaction nothing is true before its COMMIT.
 *
 * Throws `StoreError` when the record itself cannot be written, or when writing it would take the reserve of the disk. What fails behind it, on the SIEM side, is logged and noted;
 * when that took the caller's whole transaction along (a trigger with RAISE(ROLLBACK), an I/O error) the answer is
 * `transaction_lost`.
 */
export function recordInSqlite(
  db: DatabaseSync,
  draft: RecordDraft,
  logger: StoreLogger,
  diskReserveBytes: number = DEFAULT_DISK_RESERVE_BYTES,
): RecordAttestationResult {
  const path = db.location();
  if (path !== null) {
    const refusal = new DiskReserve({
      folder: dirname(path),
      reserveBytes: diskReserveBytes,
      logger,
    }).refusal();
    if (refusal !== undefined) throw refusal;
  }
  return db.isTransaction ? recordInside(db, draft, logger) : recordAlone(db, draft, logger);
}

function recordAlone(db: DatabaseSync, draft: RecordDraft, logger: StoreLogger): RecordAttestationResult {
  const [result] = recordGroup(new CallerTransactions(db), [{ draft, kind: 'attestation' }], logger);
  if (result === undefined) throw new StoreError('store_failed', 'The store answered nothing');
  switch (result.status) {
    case 'recorded':
      return {
        status: 'recorded',
        attestationId: draft.recordId,
        recordNo: result.recordNo,
        enqueued: result.enqueued,
      };
    case 'duplicate':
      return { status: 'duplicate', attestationId: draft.recordId };
    case 'conflict':
      return { status: 'rejected', refusal: idConflict('/attestation_id') };
    case 'failed':
      throw new StoreError('store_failed', result.message);
    default:
      throw new StoreError('store_failed', `Unknown answer ${String(result satisfies never)}`);
  }
}

function recordInside(db: DatabaseSync, draft: RecordDraft, logger: StoreLogger): RecordAttestationResult {
  const statements = statementsOf(db);
  const attestationId = draft.recordId;
  let recordNo: number;
  try {
    recordNo = takeRecordNos(statements, 1);
    const insertion = insertRecord(statements, 'attestation', draft, recordNo);
    if (insertion.kind === 'duplicate') return { status: 'duplicate', attestationId };
    if (insertion.kind === 'conflict') return { status: 'rejected', refusal: idConflict('/attestation_id') };
  } catch (error) {
    throw toStoreError(error);
  }
  try {
    return {
      status: 'recorded',
      attestationId,
      recordNo,
      enqueued: enqueue(statements, draft, recordNo, logger),
    };
  } catch (error) {
    if (error instanceof TransactionLostError) return transactionLost(error.failure);
    throw toStoreError(error);
  }
}

/** Rows written; null when that failed and was noted. Throws `TransactionLostError` alone. */
function enqueue(
  statements: Statements,
  draft: RecordDraft,
  recordNo: number,
  logger: StoreLogger,
): number | null {
  const enqueued = guarded(statements, () => {
    const rows = countTaking(statements, 'attestation', draft.workspaceId);
    if (rows > 0) insertRows(statements, 'attestation', recordNo, recordNo, rows);
    return rows;
  });
  if (enqueued.ok) return enqueued.value;
  warnNotEnqueued(logger, 1, enqueued.failure);
  noteMissed(statements, [recordNo], enqueued.failure, logger);
  return null;
}
