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
        (error) =>
          error instanceof StoreError &&
          error.code === 'store_io' &&
          /\/proc\/nowhere .*\(ENOENT\)/.test(error.message),
      );
    },
  );

  for (const { what, url, says } of [
    { what: 'no path', url: 'sqlite:', says: /sqlite: needs a file path/ },
    { what: 'a folder', url: `sqlite:${tmpdir()}`, says: /is a folder: name a file in it/ },
    { what: 'no address', url: 'postgres://[secret', says: /is not one such as postgres:(?!.*secret)/ },
  ]) {
    it(`says what is wrong with ${what}`, async () => {
      await assert.rejects(
        openStore(url),
        (error) => error instanceof StoreError && says.test(error.message),
      );
    });
  }

  it('says how a server cannot be reached, and not which', async () => {
    const store = await openStore('postgres://127.0.0.1:1/aegis');
    await assert.rejects(store.ping(), { message: /cannot be reached, .*\(ECONNREFUSED\)$/ });
    await store.close();
  });

  it('refuses an address of another kind', async () => {
    await assert.rejects(
      openStore('mysql://localhost/x'),
      (error) => error instanceof StoreError && error.code === 'store_unavailable',
    );
  });
});
