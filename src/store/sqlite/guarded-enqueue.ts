import type { StoreError } from '../store-error.ts';
import type { StoreLogger } from '../store.ts';
import type { Statements } from './statements.ts';
import { toStoreError } from './sqlite-error.ts';

/** Longest reason kept in `aegis_siem_missed`. */
const MAX_REASON_CHARS = 500;

/** Thrown when SQLite rolled back the whole transaction instead of one statement: everything in it must be done again. */
export class TransactionLostError extends Error {
  readonly failure: StoreError;

  constructor(failure: StoreError) {
    super(`The transaction was rolled back: ${failure.message}`, { cause: failure });
    this.name = 'TransactionLostError';
    this.failure = failure;
  }
}

export type Guarded<Result> =
  | { readonly ok: true; readonly value: Result }
  | { readonly ok: false; readonly failure: StoreError };

/**
 * Runs `work` in a savepoint of the open transaction: whatever it throws, what came before it in the transaction stands.
 * Throws `TransactionLostError` alone: when an error (disk full, I/O, a trigger with RAISE(ROLLBACK)) took the transaction along.
 */
export function guarded<Result>(statements: Statements, work: () => Result): Guarded<Result> {
  const { db } = statements;
  try {
    db.exec('savepoint aegis_siem_guard');
    const value = work();
    db.exec('release aegis_siem_guard');
    return { ok: true, value };
  } catch (error) {
    const failure = toStoreError(error);
    // After some errors the transaction is gone although the statement looked harmless: ask, never assume.
    if (!db.isTransaction) throw new TransactionLostError(failure);
    try {
      db.exec('rollback to aegis_siem_guard');
      db.exec('release aegis_siem_guard');
    } catch {
      // The savepoint is gone: what it guarded can no longer be told from the rest.
      if (db.isTransaction) db.exec('rollback');
      throw new TransactionLostError(failure);
    }
    return { ok: false, failure };
  }
}

/**
 * Notes records whose enqueue failed, for the reconciler. Guarded as well: where even the note cannot be written the records
 * stand, and the reconciler finds them by their missing evidence. Throws `TransactionLostError` alone.
 */
export function noteMissed(
  statements: Statements,
  recordNos: readonly number[],
  reason: StoreError,
  logger: StoreLogger,
): void {
  const note = guarded(statements, () => {
    for (const recordNo of recordNos) {
      statements.run(
        `insert into aegis_siem_missed (record_no, reason, missed_at)
         values (?, ?, cast(unixepoch('subsec') * 1000 as integer)) on conflict do nothing`,
        recordNo,
        reason.message.slice(0, MAX_REASON_CHARS),
      );
    }
  });
  if (!note.ok) {
    logger.warn(
      { code: note.failure.code, reason: note.failure.message, records: recordNos.length },
      'An enqueue that failed could not be noted; the reconciler finds the records by their missing rows',
    );
  }
}

export function warnNotEnqueued(logger: StoreLogger, records: number, failure: StoreError): void {
  logger.warn(
    { code: failure.code, reason: failure.message, records },
    'Recorded, but not enqueued for the SIEM; the reconciler will try again',
  );
}
