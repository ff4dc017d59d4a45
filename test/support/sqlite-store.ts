import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import type { Store, StoreOptions } from '../../src/store/store.ts';
import type { SqlRow } from '../store-contract/store-factory.ts';

export interface LoggedWarning {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A SQLite store in a folder of its own, gone after `await using`. */
export interface TestStore extends AsyncDisposable {
  readonly store: Store;
  readonly path: string;
  readonly warnings: readonly LoggedWarning[];
  /** Another connection to the same file, with none of the store's settings. */
  readonly other: DatabaseSync;
  exec(sql: string): void;
  rows(sql: string): SqlRow[];
}

export interface TestStoreOptions extends StoreOptions {
  /** Where the file is; default: a temporary folder. */
  readonly folder?: string;
}

export async function openTestStore(options: TestStoreOptions = {}): Promise<TestStore> {
  const { folder: given, ...storeOptions } = options;
  const folder = given ?? mkdtempSync(join(tmpdir(), 'aegis-siem-store-'));
  const path = join(folder, 'aegis.db');
  const warnings: LoggedWarning[] = [];
  const store = await openSqliteStore(path, {
    logger: { warn: (fields, message) => warnings.push({ fields, message }) },
    ...storeOptions,
  });
  await store.migrate();
  const other = new DatabaseSync(path, { timeout: 1_000 });
  return {
    store,
    path,
    warnings,
    other,
    exec: (sql) => other.exec(sql),
    rows: (sql) =>
      other
        .prepare(sql)
        .all()
        .map((row) => ({ ...row })),
    [Symbol.asyncDispose]: async () => {
      other.close();
      await store.close();
      if (given === undefined) rmSync(folder, { recursive: true });
    },
  };
}

export function storeTest(name: string, run: () => Promise<void>, skip: string | false = false): void {
  void test(name, { skip, timeout: 60_000 }, run);
}
