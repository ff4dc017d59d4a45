import type { DatabaseSync } from 'node:sqlite';
import { sqliteCode } from './sqlite-error.ts';

/** Between two tries for the write lock. */
const LOOK_AGAIN_MS = 0.5;

/** SQLITE_BUSY, without what an extended code adds. */
const BUSY = 5;

/**
 * Begins write transactions. SQLite's own busy handler sleeps longer and longer, up to 100 ms
 * (https://www.sqlite.org/src/file?name=src/main.c, sqliteDefaultBusyCallback), and so misses the short gaps between the commits
 * of a neighbour that waits for its disk in each: a delivery then stands still for hundreds of milliseconds while records come
 * in. We look at a steady short pace instead; a try costs some microseconds.
 */
export class WriteLock {
  readonly #db: DatabaseSync;
  readonly #busyTimeoutMs: number;
  /** Never changes: a place to wait at, since the thread is blocked here in any case. */
  readonly #pause = new Int32Array(new SharedArrayBuffer(4));

  /** `busyTimeoutMs`: how long a begin waits; also the connection's own, which it has again after each. */
  constructor(db: DatabaseSync, busyTimeoutMs: number) {
    this.#db = db;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  /** Throws SQLite's error: SQLITE_BUSY when another connection held the lock all the time. */
  begin(): void {
    const giveUpMs = performance.now() + this.#busyTimeoutMs;
    this.#db.exec('pragma busy_timeout = 0');
    try {
      while (!this.#tryBegin(giveUpMs)) Atomics.wait(this.#pause, 0, 0, LOOK_AGAIN_MS);
    } finally {
      this.#db.exec(`pragma busy_timeout = ${this.#busyTimeoutMs}`);
    }
  }

  #tryBegin(giveUpMs: number): boolean {
    try {
      this.#db.exec('begin immediate');
      return true;
    } catch (error) {
      const code = sqliteCode(error);
      if (code === undefined || (code & 0xff) !== BUSY || performance.now() >= giveUpMs) throw error;
      return false;
    }
  }
}
