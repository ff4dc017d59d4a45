import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeStoreContract } from '../../../test/store-contract/store-contract.ts';
import type { StoreUnderTest } from '../../../test/store-contract/store-factory.ts';
import { MAX_ATTEMPTS_KEPT } from './attempts.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

describeStoreContract({
  name: 'SQLite',
  abilities: { maxAttemptsKept: MAX_ATTEMPTS_KEPT, insertOrReplace: true, truncate: false },
  open: openFresh,
});

async function openFresh(): Promise<StoreUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-store-'));
  const path = join(folder, 'aegis.db');
  const store = await openSqliteStore(path);
  await store.migrate();
  // As another program would open it: with none of our settings.
  const other = new DatabaseSync(path, { timeout: 5_000 });
  return {
    store,
    sql: async (text) => other.prepare(text).all(),
    close: async () => {
      other.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}
