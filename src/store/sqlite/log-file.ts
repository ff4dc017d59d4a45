import { statSync } from 'node:fs';
import type { LogReport } from '../../outbox/retention-store.ts';
import type { SqliteConnection } from './connection.ts';

/** A log below this is not worth a look. */
const MIN_LOG_BYTES = 4_194_304;

/**
 * A log above this is cut even while others write: it grows without end where reads overlap, since SQLite starts it anew only
 * in a moment without readers (https://www.sqlite.org/wal.html#avoiding_excessively_large_wal_files).
 */
const MAX_LOG_BYTES = 134_217_728;

/** How long a cut may wait for readers. Writers wait for as long as it does. */
const CUT_WAIT_MS = 100;

/** The write-ahead log of one database file. */
export class LogFile {
  readonly #path: string;
  readonly #maxLogBytes: number;
  #framesAtLastLook = -1;

  /** `databasePath`: the log lies beside it. */
  constructor(databasePath: string, maxLogBytes: number = MAX_LOG_BYTES) {
    this.#path = `${databasePath}-wal`;
    this.#maxLogBytes = maxLogBytes;
  }

  /** Folds what no reader needs any more; cuts the log when nothing was written since the last look, or when it is too long. */
  fold(connection: SqliteConnection): LogReport {
    const before = this.#bytes();
    if (before < MIN_LOG_BYTES) {
      this.#framesAtLastLook = -1;
      return { logBytes: before, cut: false, heldByReader: false };
    }
    const passive = connection.checkpoint('passive', CUT_WAIT_MS);
    const idle = passive.frames === this.#framesAtLastLook;
    this.#framesAtLastLook = passive.frames;
    const heldByReader = passive.folded < passive.frames;
    if (!idle && before <= this.#maxLogBytes) return { logBytes: before, cut: false, heldByReader };
    const cut = connection.checkpoint('truncate', CUT_WAIT_MS);
    return { logBytes: this.#bytes(), cut: !cut.busy, heldByReader: cut.busy };
  }

  #bytes(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }
}
