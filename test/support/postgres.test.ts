import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { usePostgres } from './postgres.ts';

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

void test('each database is a fresh one on a server that syncs to disk, and a copy takes what its template has', async () => {
  const postgres = await usePostgres();
  try {
    assert.deepEqual(await ask(postgres.url, 'show fsync'), [{ fsync: 'on' }]);
    await ask(postgres.url, 'create table seen (n int)');
    const empty = await postgres.newDatabase();
    const copy = await postgres.newDatabase(postgres.url);
    const look = "select to_regclass('seen') is not null as seen";
    assert.deepEqual(await ask(empty, look), [{ seen: false }]);
    assert.deepEqual(await ask(copy, look), [{ seen: true }]);
  } finally {
    await postgres.close();
  }
});
