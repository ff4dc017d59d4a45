import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openStore } from './open-store.ts';
import { StoreError } from './store-error.ts';

describe('openStore', () => {
  it('makes the folders of an embedded store, for its owner alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-open-'));
    const store = await openStore(`sqlite:${join(folder, 'deep', 'down', 'aegis.db')}`);
    assert.equal(statSync(join(folder, 'deep', 'down')).mode & 0o777, 0o700);
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it(
    'ends with a clear error where no folder can be made',
    { skip: process.platform !== 'linux' && 'needs /proc' },
    async () => {
      await assert.rejects(
        openStore('sqlite:/proc/nowhere/aegis.db'),
        (error) => error instanceof StoreError && error.code === 'store_io',
      );
    },
  );

  it('refuses an address of another kind', async () => {
    await assert.rejects(
      openStore('mysql://localhost/x'),
      (error) => error instanceof StoreError && error.code === 'store_unavailable',
    );
  });
});
