import { StoreError, type StoreErrorCode } from '../store-error.ts';
import { StoreUnavailableError, type StoreUnavailableCode } from '../store-unavailable-error.ts';

/** What SQLite itself can say; the reserve is our own. */
type SqliteUnavailableCode = Exclude<StoreUnavailableCode, 'disk_reserve'>;

/** Primary result codes of SQLite that mean more to us than "failed": https://www.sqlite.org/rescode.html */
const UNAVAILABLE: ReadonlyMap<number, SqliteUnavailableCode> = new Map([
  [5, 'store_locked'],
  [6, 'store_locked'],
  [8, 'store_read_only'],
  [10, 'store_io'],
  [13, 'store_full'],
  [14, 'store_io'],
]);
const CORRUPT = new Set([11, 26]);
/** The statement was refused for what was in it; the transaction goes on. */
const REFUSED_STATEMENT = new Set([18, 19, 20]);

const ADVICE: Readonly<Record<SqliteUnavailableCode, string>> = {
  store_locked: 'another process holds the write lock; try again',
  store_read_only: 'the database file or its folder cannot be written; check owner and mode',
  store_io: 'reading or writing the database file failed; check the disk',
  store_full: 'no room is left for the database; free some disk space',
  store_unavailable: 'the database cannot be reached',
};

const CANNOT_OPEN = 14;
const OPEN_ADVICE = 'check that its folder is there, and owner and mode of both';

/** SQLite's extended result code, when `error` came from SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** True when SQLite refused one statement because of its values: constraint, trigger, type or size. */
export function isRefusedStatement(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && REFUSED_STATEMENT.has(code & 0xff);
}

/** Any error of `node:sqlite` as one of ours, with SQLite's as `cause`. Errors that are ours already stay as they are. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = sqliteCode(error);
  if (code === undefined) {
    return new StoreError('store_failed', `The SQLite store failed: ${messageOf(error)}`, { cause: error });
  }
  const unavailable = UNAVAILABLE.get(code & 0xff);
  if (unavailable !== undefined) {
    const said = `${messageOf(error)} (SQLite ${code})`;
    return new StoreUnavailableError(
      unavailable,
      `The SQLite store cannot be used now: ${said}: ${code === CANNOT_OPEN ? OPEN_ADVICE : ADVICE[unavailable]}`,
      {
        cause: error,
      },
    );
  }
  const ours: StoreErrorCode = CORRUPT.has(code & 0xff) ? 'store_corrupt' : 'store_failed';
  return new StoreError(ours, `The SQLite store failed: ${messageOf(error)} (SQLite ${code})`, {
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
