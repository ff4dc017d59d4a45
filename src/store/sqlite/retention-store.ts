import type {
  LogReport,
  PruneReport,
  RetentionCutoffs,
  RetentionStore,
} from '../../outbox/retention-store.ts';
import type { SqliteConnection } from './connection.ts';
import type { LogFile } from './log-file.ts';
import { prune } from './prune.ts';

/** Retention on a connection of the delivery thread: recording has its own, and waits for one short step at most. */
export class SqliteRetentionStore implements RetentionStore {
  readonly #connection: SqliteConnection;
  readonly #log: LogFile | undefined;

  /** `log`: undefined for a database in memory. */
  constructor(connection: SqliteConnection, log: LogFile | undefined) {
    this.#connection = connection;
    this.#log = log;
  }

  async prune(cutoffs: RetentionCutoffs, maxRows: number): Promise<PruneReport> {
    return this.#connection.write((statements) => prune(statements, cutoffs, maxRows), 'normal');
  }

  async foldLog(): Promise<LogReport> {
    return this.#log?.fold(this.#connection) ?? { logBytes: 0, cut: false, heldByReader: false };
  }
}
