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

/** For the transaction only (`true`). */
const HOLD_TRANSACTION = `select set_config('aegis.workspace', $1, true), set_config('aegis.all_workspaces', 'off', true)`;

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
  readonly #options: DatabaseOptions;
  readonly #pool: Pool;
  /** The workspace that the caller is held to, asked for each statement. */
  readonly #workspaceId: () => string | undefined;
  readonly #schema: string;
  readonly #logger: StoreLogger;
  readonly #texts = new Map<string, string>();

  /** `view`: over the connections of another one, for a caller who is held to a workspace. */
  constructor(
    options: DatabaseOptions,
    view?: { readonly pool: Pool; readonly workspaceId: () => string | undefined },
  ) {
    this.#options = options;
    this.#schema = options.schema;
    this.#logger = options.logger;
    this.#workspaceId = view?.workspaceId ?? (() => undefined);
    this.#pool = view?.pool ?? new Pool(poolConfig(options));
    if (view !== undefined) return;
    // A connection that dies while idle would end the process if nobody listened.
    this.#pool.on('error', (error) => {
      if (!this.#pool.ending) this.#warnLost(error);
    });
    // The pool does not listen to a connection that is in use. Between two statements of a transaction nothing else does; the
    // next statement is told that the connection is gone.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async all(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.#once(text, values)).rows;
  }

  /** The same connections, where each statement sees the rows of the given workspace only; undefined is all of them. */
  heldTo(workspaceId: () => string | undefined): Database {
    return new Database(this.#options, { pool: this.#pool, workspaceId });
  }

  async first(text: string, values: readonly unknown[] = []): Promise<Row | undefined> {
    return (await this.#once(text, values)).rows[0];
  }

  async arrays(text: string, values: readonly unknown[] = []): Promise<readonly (readonly unknown[])[]> {
    const workspaceId = this.#workspaceId();
    if (workspaceId === undefined) return this.#arrays(this.#pool, text, values);
    return this.#withWorkspace(workspaceId, (client) => this.#arrays(client, text, values));
  }

  async run(text: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.#once(text, values)).rowCount ?? 0;
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
      const workspaceId = this.#workspaceId();
      if (workspaceId !== undefined) await this.#query(client, HOLD_TRANSACTION, [workspaceId]);
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

  #once(text: string, values: readonly unknown[]) {
    const workspaceId = this.#workspaceId();
    return workspaceId === undefined
      ? this.#query(this.#pool, text, values)
      : this.#withWorkspace(workspaceId, (client) => this.#query(client, text, values));
  }

  /** The connection goes back as it came: what it was held to ends with its transaction. */
  async #withWorkspace<Result>(
    workspaceId: string,
    work: (client: PoolClient) => Promise<Result>,
  ): Promise<Result> {
    const client = await this.#connect();
    let broken = true;
    try {
      await this.#query(client, 'begin', []);
      await this.#query(client, HOLD_TRANSACTION, [workspaceId]);
      const result = await work(client);
      await this.#query(client, 'commit', []);
      broken = false;
      return result;
    } catch (error) {
      broken = !(await rolledBack(client));
      throw toStoreError(error);
    } finally {
      client.release(broken);
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
