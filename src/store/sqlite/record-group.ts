import type { RecordDraft, RecordResult } from '../../outbox/record-store.ts';
import type { StoreLogger } from '../store.ts';
import type { StoreError } from '../store-error.ts';
import { countTaking, insertRows } from './enqueue-rows.ts';
import { guarded, noteMissed, TransactionLostError, warnNotEnqueued } from './guarded-enqueue.ts';
import { insertRecord, takeRecordNos, type RecordKind } from './insert-record.ts';
import { isRefusedStatement, toStoreError } from './sqlite-error.ts';
import type { Statements } from './statements.ts';

export interface RecordItem {
  readonly draft: RecordDraft;
  readonly kind: RecordKind;
}

/**
 * How much of the SIEM side a try still touches. A trigger that rolls back the whole transaction is survived by doing it again
 * without what failed: first without the rows, then without the notes.
 */
type Attempt =
  | { readonly touches: 'outbox' }
  | { readonly touches: 'notes'; readonly failure: StoreError }
  | { readonly touches: 'records'; readonly failure: StoreError };

/** One write transaction at a time; `SqliteConnection` is one, and so is a caller's own connection. */
export interface WriteTransactions {
  write<Result>(work: (statements: Statements) => Result): Result;
}

/**
 * Records a group in one transaction and answers in the order of the items, after the commit. Where the store as a whole
 * cannot write, nothing was kept and it throws `StoreError`.
 */
export function recordGroup(
  transactions: WriteTransactions,
  items: readonly RecordItem[],
  logger: StoreLogger,
): RecordResult[] {
  let attempt: Attempt = { touches: 'outbox' };
  for (;;) {
    const current: Attempt = attempt;
    try {
      return transactions.write((statements) => recordAll(statements, items, current, logger));
    } catch (error) {
      const failure = toStoreError(error);
      if (!(failure.cause instanceof TransactionLostError)) throw failure;
      const next = without(current, failure.cause.failure);
      if (next === undefined) throw failure.cause.failure;
      attempt = next;
    }
  }
}

/** Every item as failed, for a group that could not be written at all. */
export function allFailed(items: readonly RecordItem[], { code, message }: StoreError): RecordResult[] {
  return items.map(({ draft }) => ({ status: 'failed', recordId: draft.recordId, code, message }));
}

function without(attempt: Attempt, failure: StoreError): Attempt | undefined {
  if (attempt.touches === 'outbox') return { touches: 'notes', failure };
  if (attempt.touches === 'notes') return { touches: 'records', failure: attempt.failure };
  return undefined;
}

function recordAll(
  statements: Statements,
  items: readonly RecordItem[],
  attempt: Attempt,
  logger: StoreLogger,
): RecordResult[] {
  const firstNo = takeRecordNos(statements, items.length);
  const results = items.map((item, index) => recordOne(statements, item, firstNo + index));
  const recordNos = results.flatMap((result) => (result.status === 'recorded' ? [result.recordNo] : []));
  if (recordNos.length === 0) return results;
  if (attempt.touches !== 'outbox') {
    warnNotEnqueued(logger, recordNos.length, attempt.failure);
    if (attempt.touches === 'notes') noteMissed(statements, recordNos, attempt.failure, logger);
    return results.map((result) => (result.status === 'recorded' ? { ...result, enqueued: null } : result));
  }
  return enqueueAll(statements, items, results, logger);
}

function recordOne(statements: Statements, { draft, kind }: RecordItem, recordNo: number): RecordResult {
  const { recordId } = draft;
  try {
    const insertion = insertRecord(statements, kind, draft, recordNo);
    return insertion.kind === 'inserted'
      ? { status: 'recorded', recordId, recordNo, enqueued: 0 }
      : { status: insertion.kind, recordId };
  } catch (error) {
    // Refused for what is in this one record: the others go on. Anything else ends the transaction.
    if (!isRefusedStatement(error) || !statements.db.isTransaction) throw error;
    const { code, message } = toStoreError(error);
    return { status: 'failed', recordId, code, message };
  }
}

/** One guarded statement for the whole group; only when that fails, record by record, so that few pay for one. */
function enqueueAll(
  statements: Statements,
  items: readonly RecordItem[],
  results: readonly RecordResult[],
  logger: StoreLogger,
): RecordResult[] {
  const taking = new TakingDestinations(statements);
  const together = guarded(statements, () => {
    const due = dueRows(items, results, taking);
    for (const [kind, range] of due) {
      if (range.rows > 0) insertRows(statements, kind, range.firstNo, range.lastNo, range.rows);
    }
  });
  if (together.ok) {
    return results.map((result, index) => {
      const item = items[index];
      return result.status !== 'recorded' || item === undefined
        ? result
        : { ...result, enqueued: taking.of(item) };
    });
  }
  const failures: { recordNo: number; failure: StoreError }[] = [];
  const answered = results.map((result, index): RecordResult => {
    const item = items[index];
    if (result.status !== 'recorded' || item === undefined) return result;
    const { recordNo } = result;
    const enqueued = guarded(statements, () => {
      const rows = taking.of(item);
      if (rows > 0) insertRows(statements, item.kind, recordNo, recordNo, rows);
      return rows;
    });
    if (enqueued.ok) return { ...result, enqueued: enqueued.value };
    failures.push({ recordNo, failure: enqueued.failure });
    return { ...result, enqueued: null };
  });
  const first = failures[0];
  if (first !== undefined) {
    warnNotEnqueued(logger, failures.length, first.failure);
    noteMissed(
      statements,
      failures.map((failed) => failed.recordNo),
      first.failure,
      logger,
    );
  }
  return answered;
}

interface DueRange {
  readonly firstNo: number;
  readonly lastNo: number;
  readonly rows: number;
}

/** For each kind: the range of new records and how many rows they must have in all. */
function dueRows(
  items: readonly RecordItem[],
  results: readonly RecordResult[],
  taking: TakingDestinations,
): Map<RecordKind, DueRange> {
  const due = new Map<RecordKind, DueRange>();
  results.forEach((result, index) => {
    const item = items[index];
    if (result.status !== 'recorded' || item === undefined) return;
    const before = due.get(item.kind);
    due.set(item.kind, {
      firstNo: before?.firstNo ?? result.recordNo,
      lastNo: result.recordNo,
      rows: (before?.rows ?? 0) + taking.of(item),
    });
  });
  return due;
}

/** Counts each workspace once a group. */
class TakingDestinations {
  readonly #statements: Statements;
  readonly #counts = new Map<string, number>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  of({ draft, kind }: RecordItem): number {
    const key = `${kind} ${draft.workspaceId}`;
    let count = this.#counts.get(key);
    if (count === undefined) {
      count = countTaking(this.#statements, kind, draft.workspaceId);
      this.#counts.set(key, count);
    }
    return count;
  }
}
