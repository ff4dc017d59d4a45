import { Pool, type PoolClient, type PoolConfig, type QueryResultRow } from 'pg';
import type { StoreLogger } from '../store.ts';
import { toStoreError } from './postgres-error.ts';
import { inSchema } from './schema-name.ts';

/** A connection that cannot be had within this time is a failure of the store, not of the one who asked. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Idle connections go after this time: a restarted server, or a proxy that forgets, is then met with fresh ones. */
const IDLE_TIMEOUT_MS = 30_000;

export interface DatabaseOptions {
  readonly url: string;
  readonly schema: string;
  readonly applicationName: string;
  readonly maxConnections: number;
  /** Longest time of one statement; the server ends it. */
  readonly statementTimeoutMs: number;
  /** Settings of each session, `name=value`. */
  readonly sessionSettings?: readonly string[];
  readonly logger: StoreLogger;
}

export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement. `@schema@` in its text is the store's schema. */
export interface Statements {
  all(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  first(text: string, values?: readonly unknown[]): Promise<Row | undefined>;
  /** Rows as arrays of columns. */
  arrays(text: string, values?: readonly unknown[]): Promise<readonly (readonly unknown[])[]>;
  /** Answers how many rows were written. */
  run(text: string, values?: readonly unknown[]): Promise<number>;
}

/**
 * A small pool of connections for one purpose. Whatever fails comes as a `StoreError`; a connection that broke is dropped, and
 * the next call gets a new one.
 */
export class Database implements Statements {
  readonly #pool: Pool;
  readonly #schema: string;
  readonly #logger: StoreLogger;
  readonly #texts = new Map<string, string>();

  constructor(options: DatabaseOptions) {
    this.#schema = options.schema;
    this.#logger = options.logger;
    this.#pool = new Pool(poolConfig(options));
    // A connection that dies while idle would end the process if nobody listened.
    this.#pool.on('error', (error) => {
      if (!this.#pool.ending) this.#warnLost(error);
    });
  }

  async all(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.#query(this.#pool, text, values)).rows;
  }

  async first(text: string, values: readonly unknown[] = []): Promise<Row | undefined> {
    return (await this.#query(this.#pool, text, values)).rows[0];
  }

  async arrays(text: string, values: readonly unknown[] = []): Promise<readonly (readonly unknown[])[]> {
    return this.#arrays(this.#pool, text, values);
  }

  async run(text: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.#query(this.#pool, text, values)).rowCount ?? 0;
  }

  /**
   * Runs `work` in one transaction and commits. COMMIT of a transaction that failed unnoticed answers with the tag ROLLBACK and
   * no error: that is an error here.
   */
  async transaction<Result>(work: (statements: Statements) => Promise<Result>): Promise<Result> {
    const client = await this.#connect();
    let broken = true;
    try {
      await this.#query(client, 'begin', []);
      const result = await work(this.#statementsOf(client));
      const { command } = await this.#query(client, 'commit', []);
      broken = command !== 'COMMIT';
      if (broken) throw toStoreError(new Error(`COMMIT was answered with ${command}`));
      return result;
    } catch (error) {
      if (broken) broken = !(await rolledBack(client));
      throw toStoreError(error);
    } finally {
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw toStoreError(error);
    }
  }

  #statementsOf(client: PoolClient): Statements {
    return {
      all: async (text, values = []) => (await this.#query(client, text, values)).rows,
      first: async (text, values = []) => (await this.#query(client, text, values)).rows[0],
      arrays: (text, values = []) => this.#arrays(client, text, values),
      run: async (text, values = []) => (await this.#query(client, text, values)).rowCount ?? 0,
    };
  }

  async #query(target: Pool | PoolClient, text: string, values: readonly unknown[]) {
    try {
      return await target.query<QueryResultRow & Row>(this.#qualified(text), [...values]);
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async #arrays(target: Pool | PoolClient, text: string, values: readonly unknown[]) {
    try {
      const query = { text: this.#qualified(text), values: [...values], rowMode: 'array' as const };
      return (await target.query<unknown[]>(query)).rows;
    } catch (error) {
      throw toStoreError(error);
    }
  }

  #qualified(text: string): string {
    let qualified = this.#texts.get(text);
    if (qualified === undefined) {
      qualified = inSchema(text, this.#schema);
      this.#texts.set(text, qualified);
    }
    return qualified;
  }

  #warnLost(error: Error): void {
    const { code } = toStoreError(error);
    this.#logger.warn({ code }, 'A connection to PostgreSQL was lost; the next call opens another one');
  }
}

/** False when the connection is of no more use. */
async function rolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}

function poolConfig(options: DatabaseOptions): PoolConfig {
  return {
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: options.statementTimeoutMs,
    keepAlive: true,
    ...(options.sessionSettings === undefined
      ? {}
      : { options: options.sessionSettings.map((setting) => `-c ${setting}`).join(' ') }),
  };
}
