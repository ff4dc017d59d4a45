/** The disk under PostgreSQL is full: recording says so, a look from outside says so, and all goes on once there is room. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SmallVolume } from '../../../test/drill/small-volume.ts';
import { generateAttestations } from '../../../test/support/generate-attestations.ts';
import { launchPostgresServer } from '../../../test/support/postgres-server.ts';
import { usePostgres } from '../../../test/support/postgres.ts';
import { inspectStore } from '../inspect-store.ts';
import { openStore } from '../open-store.ts';

const MIB = 1_048_576;
const DATA_BYTES = 256 * MIB;
const GROUP = 100;
const MAX_GROUPS = 100;

test('recording answers store_full, doctor finds it, and no restart is needed', async (t) => {
  let volume: SmallVolume | undefined;
  let mounted = true;
  const server = await launchPostgresServer({
    // Its log must not be what fills the disk: a server that cannot write it stops itself.
    settings: { min_wal_size: '32MB', max_wal_size: '64MB' },
    onDataFolder: (folder) => {
      volume = SmallVolume.over(folder, DATA_BYTES);
      mounted = volume !== undefined;
    },
  });
  t.after(async () => {
    volume?.[Symbol.dispose]();
    await server.stop();
  });
  if (!mounted) return t.skip('nothing may be mounted here: run it as root on Linux');
  const store = await openStore(server.url, { logger: { warn: () => undefined } });
  t.after(() => store.close());
  await store.migrate();
  let seed = 0;
  const group = async (): Promise<ReadonlySet<string>> => {
    seed += 1;
    const drafts = [...generateAttestations({ seed, count: GROUP, workspaceId: 'w' })].map((body) => ({
      recordId: (JSON.parse(body) as { attestation_id: string }).attestation_id,
      workspaceId: 'w',
      body,
    }));
    const results = await store.record.recordAttestations(drafts);
    return new Set(results.map((result) => (result.status === 'failed' ? result.code : result.status)));
  };
  assert.deepEqual(await group(), new Set(['recorded']));
  assert.deepEqual(await faults(server.url), []);

  volume?.fill(0);
  // Until the pages that are there already are full.
  let answers = await group();
  for (let more = 0; more < MAX_GROUPS && !answers.has('store_full'); more += 1) answers = await group();
  assert.ok(answers.has('store_full'), [...answers].join(', '));
  assert.deepEqual(await faults(server.url), ['disk_full']);

  volume?.makeRoom();
  assert.deepEqual(await group(), new Set(['recorded']));
  assert.deepEqual(await faults(server.url), []);
  return undefined;
});

test('a limit on temporary files is no full disk', async (t) => {
  const postgres = await usePostgres();
  t.after(() => postgres.close());
  const { Client } = await import('pg');
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const name = new URL(postgres.url).pathname.slice(1);
  await client.query(`alter database "${name}" set temp_file_limit = '1MB'`);
  await client.end();
  assert.deepEqual(await faults(postgres.url), []);
});

async function faults(url: string): Promise<readonly string[]> {
  const inspection = await inspectStore(url, () => Date.now());
  return inspection.faults.map(({ code }) => code).filter((code) => code !== 'schema_changed');
}
