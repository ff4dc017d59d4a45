import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

/** A row by column name, values not yet checked. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/**
 * Prepared statements of one connection, by their text. The texts are constants of this folder, so the number of statements
 * is bounded by the code.
 */
export class Statements {
  readonly db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #preparedForArrays = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  /** Runs a statement that gives no rows. Answers how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  first(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values);
  }

  /** Rows as arrays, one at a time: cheaper than objects where rows are many, and it can stop early. */
  arrays(sql: string, ...values: SQLInputValue[]): Iterable<readonly SQLOutputValue[]> {
    let statement = this.#preparedForArrays.get(sql);
    if (statement === undefined) {
      statement = this.#set(this.db.prepare(sql), true);
      this.#preparedForArrays.set(sql, statement);
    }
    // With setReturnArrays each row is an array of the columns; the types of Node do not follow that switch.
    return statement.iterate(...values) as Iterable<unknown> as Iterable<readonly SQLOutputValue[]>;
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#set(this.db.prepare(sql), false);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  /** A caller's connection may be set to give bigints or arrays: our statements say for themselves what they give. */
  #set(statement: StatementSync, asArrays: boolean): StatementSync {
    statement.setReadBigInts(false);
    statement.setReturnArrays(asArrays);
    return statement;
  }
}
