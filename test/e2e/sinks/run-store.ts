import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenedStore, openStore } from '../../../src/store/open-store.ts';
import { usePostgres } from '../../support/postgres.ts';

export type StoreName = 'sqlite' | 'postgres';

/** A fresh, migrated store that goes when the run is over. */
export interface RunStore extends AsyncDisposable {
  readonly store: OpenedStore;
}

export async function openRunStore(name: StoreName): Promise<RunStore> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-sinks-'));
  const postgres = name === 'postgres' ? await usePostgres() : undefined;
  const store = await openStore(postgres?.url ?? `sqlite:${join(folder, 'aegis.db')}`, {
    sidecarPath: join(folder, 'epochs.json'),
    logger: { warn: () => undefined },
  });
  await store.migrate();
  return {
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      await postgres?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
