import type { PostgresCallOptions } from './postgres/record-transaction.ts';
import type { StoreLogger } from './store.ts';

/** What both library functions take beside their input. */
export interface RecordOptions {
  /** Told of what failed on the SIEM side; default: warnings of the process (`process.emitWarning`). */
  readonly logger?: StoreLogger;
  /** Called after rows were written; default: the wake signal of this process. */
  readonly wake?: () => void;
  /** SQLite: bytes that recording leaves free on the disk of the store; default 64 MiB, 0 for none. */
  readonly diskReserveBytes?: number;
  /** PostgreSQL: where the tables of aegis-siem are; default `public`. */
  readonly schema?: string;
  /** PostgreSQL: longest time of the call; default 1,000 ms, or the caller's shorter `statement_timeout`. */
  readonly timeoutMs?: number;
  /**
   * PostgreSQL: keeps our statements prepared on your connection, which saves about a quarter of what recording adds to a transaction.
   * Leave it off behind a pooler in transaction mode that does not follow prepared statements (PgBouncer before 1.21).
   */
  readonly prepare?: boolean;
}

/** The part that the PostgreSQL functions take. */
export function postgresOptions(options: RecordOptions, logger: StoreLogger): PostgresCallOptions {
  return {
    logger,
    ...(options.schema === undefined ? {} : { schema: options.schema }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(options.prepare === undefined ? {} : { prepare: options.prepare }),
  };
}
