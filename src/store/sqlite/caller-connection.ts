import type { DatabaseSync } from 'node:sqlite';
import { Statements } from './statements.ts';
import { toStoreError } from './sqlite-error.ts';

// Statements prepared on a caller's connection are kept with it and go with it: preparing them for each record would cost more
// than running them. A weak map is the only place for that, since the connection is not ours to add to.
const STATEMENTS = new WeakMap<DatabaseSync, Statements>();

export function statementsOf(db: DatabaseSync): Statements {
  let statements = STATEMENTS.get(db);
  if (statements === undefined) {
    statements = new Statements(db);
    STATEMENTS.set(db, statements);
  }
  return statements;
}

/** Transactions of our own on a caller's connection that has none open. The caller's settings stay as they are. */
export class CallerTransactions {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  write<Result>(work: (statements: Statements) => Result): Result {
    const db = this.#db;
    try {
      db.exec('begin immediate');
      const result = work(statementsOf(db));
      db.exec('commit');
      return result;
    } catch (error) {
      if (db.isOpen && db.isTransaction) db.exec('rollback');
      throw toStoreError(error);
    }
  }
}
