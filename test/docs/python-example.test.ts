/** The Python example of docs/start/embed.md, run as it stands against a real PostgreSQL. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { openStore } from '../../src/store/open-store.ts';
import { usePostgres } from '../support/postgres.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'python', 'record_decision.py');

/** The first Python that has the driver: Debian's has it as a package, whatever else comes first on PATH. */
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import psycopg']).status === 0,
);
const skip = python === undefined ? 'no Python with psycopg here (Debian: python3-psycopg)' : false;

test('the Python example records its decision', { skip }, async (t) => {
  const postgres = await usePostgres();
  t.after(() => postgres.close());
  const store = await openStore(postgres.url);
  await store.migrate();
  await store.close();

  const { stdout } = await promisify(execFile)(python ?? '', [EXAMPLE], {
    env: { ...process.env, DATABASE_URL: postgres.url },
  });

  const id = /^recorded (?<id>[0-9a-f-]{36}), for 0 destinations$/m.exec(stdout)?.groups?.['id'];
  assert.ok(id !== undefined, stdout);
  const client = new Client(postgres.url);
  await client.connect();
  try {
    const text = 'select attestation_id as id from aegis_siem_attestations';
    assert.deepEqual((await client.query<{ id: string }>(text)).rows, [{ id }]);
  } finally {
    await client.end();
  }
});
