import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { openSqliteStore } from './sqlite/open-sqlite-store.ts';
import { StoreError } from './store-error.ts';
import type { Store, StoreOptions } from './store.ts';

/** A store that knows where it is, so that another thread can open it too. */
export interface OpenedStore extends Store {
  readonly url: string;
  readonly options: StoreOptions;
}

const SQLITE_PREFIX = 'sqlite:';

/**
 * Opens the store at `sqlite:PATH` (file and folder are made if they are not there) or `postgres://...`. Call `migrate()`
 * before the first use of a new release. Throws `StoreError`.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<OpenedStore> {
  if (url === SQLITE_PREFIX) {
    throw new StoreError('store_unavailable', 'sqlite: needs a file path, such as sqlite:./data/aegis.db');
  }
  const file = sqlitePath(url);
  if (file !== undefined) {
    makeFolder(path.dirname(file));
    return Object.assign(await openSqliteStore(file, options), { url, options });
  }
  if (!/^postgres(ql)?:/.test(url)) {
    throw new StoreError('store_unavailable', 'A store address begins with sqlite: or postgres:');
  }
  // The address may hold a password: it is not repeated.
  if (!URL.canParse(url)) {
    throw new StoreError(
      'store_unavailable',
      'The store address is not one such as postgres://USER:PASSWORD@HOST:PORT/DATABASE; special characters of a password are written as %XX',
    );
  }
  // Those who embed the SQLite store never load the driver.
  const { openPostgresStore } = await import('./postgres/open-postgres-store.ts');
  return Object.assign(await openPostgresStore(url, options), { url, options });
}

/** The absolute path of a `sqlite:` address; undefined for another one. */
export function sqlitePath(url: string): string | undefined {
  return url.startsWith(SQLITE_PREFIX) ? path.resolve(url.slice(SQLITE_PREFIX.length)) : undefined;
}

/**
 * Records are not for other users of the machine. An existing folder keeps its mode. Made one by one: a recursive `mkdir`
 * does not end where a file system answers "no such file" for a folder whose parent exists, as /proc does.
 */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    // Another process was faster.
    if (existsSync(folder)) return;
    const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new StoreError('store_io', `The folder ${folder} of the store cannot be made${why}`, { cause });
  }
}
