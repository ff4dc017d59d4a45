import { DatabaseSync } from 'node:sqlite';
import { Statements } from './statements.ts';
import { toStoreError } from './sqlite-error.ts';
import { WriteLock } from './write-lock.ts';

/** How long a call waits for another process's write lock before it answers `store_locked`. The wait blocks the thread. */
const DEFAULT_BUSY_TIMEOUT_MS = 5_000;

/** Size of the page cache of each connection, in KiB. */
const CACHE_KIB = 16_384;

/**
 * Pages in the log before it is folded into the file (about 40 MB). At SQLite's own 1,000 the same index pages are folded again
 * and again while many records come in: measured at three quarters of the rate, with 500 records a commit.
 */
const PAGES_BEFORE_CHECKPOINT = 10_000;

/** A log that grew beyond this while somebody read for long is cut back. */
const MAX_IDLE_LOG_BYTES = 67_108_864;

/**
 * How safe a commit is when it returns. `full`: on the disk (one fdatasync). `normal`: in the log, not yet on the disk; a
 * power cut may take it back, a killed process does not. https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export type Durability = 'full' | 'normal';

/** What a checkpoint came to. Frames are pages in the log. */
export interface Checkpoint {
  /** Somebody else was in the way, and the rest was left. */
  readonly busy: boolean;
  readonly frames: number;
  readonly folded: number;
}

/** One connection to the database file. Calls block the thread; a transaction never spans two turns of the event loop. */
export class SqliteConnection {
  readonly statements: Statements;
  readonly #db: DatabaseSync;
  readonly #busyTimeoutMs: number;
  readonly #writeLock: WriteLock;
  #durability: Durability = 'full';

  /** Throws `StoreError` when the file cannot be opened or is not a database. */
  constructor(path: string, busyTimeoutMs: number = DEFAULT_BUSY_TIMEOUT_MS) {
    try {
      this.#db = new DatabaseSync(path, {
        timeout: busyTimeoutMs,
        enableForeignKeyConstraints: true,
        enableDoubleQuotedStringLiterals: false,
      });
    } catch (error) {
      throw toStoreError(error);
    }
    this.#busyTimeoutMs = busyTimeoutMs;
    this.statements = new Statements(this.#db);
    this.#writeLock = new WriteLock(this.#db, busyTimeoutMs);
    try {
      this.#db.exec(`pragma busy_timeout = ${busyTimeoutMs}`);
      this.#db.exec('pragma journal_mode = wal');
      this.#db.exec('pragma synchronous = full');
      this.#db.exec('pragma recursive_triggers = on');
      this.#db.exec('pragma foreign_keys = on');
      this.#db.exec(`pragma cache_size = -${CACHE_KIB}`);
      this.#db.exec(`pragma wal_autocheckpoint = ${PAGES_BEFORE_CHECKPOINT}`);
      this.#db.exec(`pragma journal_size_limit = ${MAX_IDLE_LOG_BYTES}`);
    } catch (error) {
      this.#db.close();
      throw toStoreError(error);
    }
  }

  /**
   * Runs `work` in one IMMEDIATE transaction and commits. Whatever `work` throws rolls it back and comes out as `StoreError`.
   *
   * Always IMMEDIATE: a deferred transaction that reads first fails at once when another wrote meanwhile, whatever the busy
   * timeout (https://www.sqlite.org/rescode.html#busy_snapshot).
   */
  write<Result>(work: (statements: Statements) => Result, durability: Durability = 'full'): Result {
    try {
      this.#clearAway();
      this.#setDurability(durability);
      this.#writeLock.begin();
      const result = work(this.statements);
      this.#db.exec('commit');
      return result;
    } catch (error) {
      this.#rollBack();
      throw toStoreError(error);
    }
  }

  /** Runs `work` on one snapshot of the database. */
  read<Result>(work: (statements: Statements) => Result): Result {
    try {
      this.#clearAway();
      this.#db.exec('begin');
      const result = work(this.statements);
      this.#db.exec('commit');
      return result;
    } catch (error) {
      this.#rollBack();
      throw toStoreError(error);
    }
  }

  /**
   * Folds the log into the database file: `passive` what nobody is in the way of, `truncate` all of it, and cuts the log to
   * nothing. Waits at most `waitMs` for others. https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
   */
  checkpoint(mode: 'passive' | 'truncate', waitMs: number): Checkpoint {
    try {
      this.#clearAway();
      this.#db.exec(`pragma busy_timeout = ${waitMs}`);
      const row = this.#db.prepare(`pragma wal_checkpoint(${mode})`).get();
      return {
        busy: row?.['busy'] !== 0,
        frames: Number(row?.['log'] ?? 0),
        folded: Number(row?.['checkpointed'] ?? 0),
      };
    } catch (error) {
      throw toStoreError(error);
    } finally {
      this.#db.exec(`pragma busy_timeout = ${this.#busyTimeoutMs}`);
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #setDurability(durability: Durability): void {
    if (this.#durability === durability) return;
    this.#db.exec(`pragma synchronous = ${durability}`);
    this.#durability = durability;
  }

  /** An earlier rollback that failed must not make every later call fail. */
  #clearAway(): void {
    if (this.#db.isTransaction) this.#db.exec('rollback');
  }

  #rollBack(): void {
    // SQLite ends the transaction by itself after some errors (disk full, I/O): then there is nothing left to roll back.
    if (!this.#db.isOpen || !this.#db.isTransaction) return;
    try {
      this.#db.exec('rollback');
    } catch {
      // The first error is the one to tell; the next transaction tries to clear this one away again.
    }
  }
}
