import type { DatabaseSync } from 'node:sqlite';
import type { RecordDraft } from '../../outbox/record-store.ts';
import { type EnqueueResult, idConflict, transactionLost } from '../record-result.ts';
import type { StoreError } from '../store-error.ts';
import type { StoreLogger } from '../store.ts';
import { CallerTransactions, statementsOf } from './caller-connection.ts';
import { integer } from '../column.ts';
import { insertMissingRows } from './enqueue-rows.ts';
import { guarded, noteMissed, TransactionLostError, warnNotEnqueued } from './guarded-enqueue.ts';
import { insertRecord, takeRecordNos, type Insertion, type RecordKind } from './insert-record.ts';
import { toStoreError } from './sqlite-error.ts';
import type { Statements } from './statements.ts';

/** What to enqueue: an attestation that is recorded already, or another event with its own body. */
export type EnqueueTarget = { readonly attestationId: string } | { readonly event: RecordDraft };

/**
 * Enqueues on the caller's connection, behind a savepoint of the caller's transaction, or in a transaction of its own where none
 * is open. Never throws: whatever fails, what the caller did before stands, unless SQLite took the whole transaction along
 * (`transaction_lost`).
 */
export function enqueueInSqlite(db: DatabaseSync, target: EnqueueTarget, logger: StoreLogger): EnqueueResult {
  try {
    if (db.isTransaction) return enqueue(statementsOf(db), target, logger);
    return new CallerTransactions(db).write((statements) => enqueue(statements, target, logger));
  } catch (error) {
    const failure = toStoreError(error);
    const lost =
      error instanceof TransactionLostError
        ? error
        : failure.cause instanceof TransactionLostError
          ? failure.cause
          : undefined;
    warnNotEnqueued(logger, 1, lost?.failure ?? failure);
    return lost === undefined ? failed(failure) : transactionLost(lost.failure);
  }
}

function enqueue(statements: Statements, target: EnqueueTarget, logger: StoreLogger): EnqueueResult {
  if ('attestationId' in target) return enqueueAttestation(statements, target.attestationId, logger);
  const taken = guarded(statements, () => {
    const recordNo = takeRecordNos(statements, 1);
    return { recordNo, insertion: insertRecord(statements, 'external', target.event, recordNo) };
  });
  if (!taken.ok) {
    logger.warn(
      { code: taken.failure.code, reason: taken.failure.message },
      'An event for the SIEM was not taken: give it again',
    );
    return failed(taken.failure);
  }
  const { recordNo, insertion } = taken.value;
  return answered(insertion) ?? enqueueRecord(statements, 'external', recordNo, logger);
}

function answered({ kind }: Insertion): EnqueueResult | undefined {
  if (kind === 'duplicate') return { status: 'enqueued', rows: 0 };
  if (kind === 'conflict') return { status: 'rejected', refusal: idConflict('/event/metadata/uid') };
  return undefined;
}

function enqueueAttestation(
  statements: Statements,
  attestationId: string,
  logger: StoreLogger,
): EnqueueResult {
  const found = guarded(statements, () =>
    statements.first('select record_no from aegis_siem_attestations where attestation_id = ?', attestationId),
  );
  if (!found.ok) {
    warnNotEnqueued(logger, 1, found.failure);
    return failed(found.failure);
  }
  if (found.value === undefined) {
    const message = 'No attestation with this id is recorded in this database: record it first';
    logger.warn({ code: 'attestation_not_found' }, message);
    return { status: 'failed', code: 'attestation_not_found', message };
  }
  return enqueueRecord(statements, 'attestation', integer(found.value, 'record_no'), logger);
}

function enqueueRecord(
  statements: Statements,
  kind: RecordKind,
  recordNo: number,
  logger: StoreLogger,
): EnqueueResult {
  const rows = guarded(statements, () => insertMissingRows(statements, kind, recordNo));
  if (rows.ok) return { status: 'enqueued', rows: rows.value };
  warnNotEnqueued(logger, 1, rows.failure);
  noteMissed(statements, [recordNo], rows.failure, logger);
  return failed(rows.failure);
}

function failed({ code, message }: StoreError): EnqueueResult {
  return { status: 'failed', code, message };
}
