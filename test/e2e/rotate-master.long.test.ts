/** A change of the master key beside a service that delivers: killed at any moment, and no send fails. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { Client } from 'pg';
import { createSealer } from '../../src/secrets/create-sealer.ts';
import type { Sealer } from '../../src/secrets/sealer.ts';
import { formatKey } from '../../src/secrets/key-text.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { SealedRow, SealedStore } from '../../src/store/sealed-store.ts';
import { addSplunk, Installation, record, uidsOf } from '../api/installation.ts';
import { spawnCommand } from '../cli/run-command.ts';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { startCliProcess } from '../support/cli-process.ts';
import { openAll } from '../support/seed-sealed.ts';
import { usePostgres } from '../support/postgres.ts';

const OLD = { keyId: 'k-old', key: randomBytes(32) };
const NEW = { keyId: 'k-new', key: randomBytes(32) };
const DESTINATIONS = 1_500;
const KILLS = 3;

const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-rotate-'));
const keyFile = join(folder, 'keys');
let postgres: Awaited<ReturnType<typeof usePostgres>>;

before(async () => {
  postgres = await usePostgres();
});
after(async () => {
  await postgres.close();
  rmSync(folder, { recursive: true, force: true });
});

function hold(...keys: readonly (typeof OLD)[]): void {
  writeFileSync(keyFile, keys.map(formatKey).join(''), { mode: 0o600 });
}

/** Many disabled destinations like the one that is there, each with its own token under the old key. */
function copies(source: Record<string, unknown>, sealer: Sealer): Record<string, unknown>[] {
  return Array.from({ length: DESTINATIONS }, (_, index) => {
    const destinationId = randomUUID();
    const workspaceId = String(source['workspace_id']);
    const token = sealer.seal(`token of ${destinationId}`, { workspaceId, destinationId, field: 'token' });
    const { destination_no: _no, ...columns } = source;
    return {
      ...columns,
      destination_id: destinationId,
      name: `copy ${index}`,
      state: 'disabled',
      sealed: JSON.stringify({ token }),
    };
  });
}

interface Under {
  readonly name: string;
  url(): Promise<string>;
  /** Straight into the tables: over the API so many would take a minute. */
  addCopies(url: string, sealer: Sealer): Promise<void>;
}

const STORES: readonly Under[] = [
  {
    name: 'SQLite',
    url: () => Promise.resolve(`sqlite:${join(folder, 'aegis.db')}`),
    addCopies: (url, sealer) => {
      const db = new DatabaseSync(url.slice('sqlite:'.length), { timeout: 10_000 });
      const source = db.prepare('select * from aegis_siem_destinations limit 1').get() ?? {};
      const rows = copies(source, sealer);
      const names = Object.keys(rows[0] ?? {});
      const insert = db.prepare(
        `insert into aegis_siem_destinations (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`,
      );
      db.exec('begin immediate');
      for (const row of rows) insert.run(...names.map((name) => row[name] as string));
      db.exec('commit');
      db.close();
      return Promise.resolve();
    },
  },
  {
    name: 'PostgreSQL',
    url: () => postgres.newDatabase(),
    addCopies: async (url, sealer) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      const { rows: found } = await client.query<{ row: Record<string, unknown> }>(
        'select to_jsonb(d) as row from aegis_siem_destinations d limit 1',
      );
      const rows = copies(found[0]?.row ?? {}, sealer);
      const names = Object.keys(rows[0] ?? {});
      await client.query(
        `insert into aegis_siem_destinations (${names.join(', ')})
         select ${names.join(', ')} from jsonb_populate_recordset(null::aegis_siem_destinations, $1)`,
        [JSON.stringify(rows)],
      );
      await client.end();
    },
  },
];

for (const under of STORES) {
  void describe(`rotate-master on ${under.name}`, () => {
    test('survives kills, fails no send, and the old key can be removed', { timeout: 240_000 }, async () => {
      const splunk = await startFakeSplunk({});
      const installation = new Installation();
      const url = await under.url();
      hold(OLD);
      const env = installation.env({
        AEGIS_SIEM_STORE: url,
        AEGIS_SIEM_KEY_FILE: keyFile,
        AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key'),
      });
      const old = await installation.start(env);
      const splunkId = await addSplunk(old.url, installation.key(), splunk);
      await under.addCopies(url, createSealer([OLD]));
      await old.stop();

      hold(NEW, OLD);
      const service = await installation.start(env);
      const store = await openStore(url);
      const tokenOf = ({ kind, id }: SealedRow): string | undefined =>
        kind === 'destination' && id !== splunkId ? `token of ${id}` : undefined;
      const cli = { AEGIS_SIEM_STORE: url, AEGIS_SIEM_KEY_FILE: keyFile };
      const recorded: string[] = [];
      const rotation = new AbortController();
      const recording = (async () => {
        for (let seed = 1; !rotation.signal.aborted; seed += 1) {
          recorded.push(...(await record(service.url, installation.key(), seed, 20)));
          await splunk.waitFor(recorded.length);
        }
      })();

      let killed = 0;
      for (let round = 0; round < KILLS; round += 1) {
        const before = await left(store);
        const running = startCliProcess({
          args: ['keys', 'rotate-master'],
          env: cli,
          ready: /rows sealed/,
        });
        // Killed once it has begun, in the middle of whatever it then does.
        while ((await left(store)) > before - 100 && running.process.exitCode === null);
        if (running.process.exitCode !== null) break;
        await running.end('SIGKILL');
        killed += 1;
        assert.ok((await left(store)) > 0, 'killed before it was done');
        assert.equal(await openAll(store.sealed, createSealer([NEW, OLD]), tokenOf), DESTINATIONS);
      }
      assert.equal(killed, KILLS, 'it was killed each time in the middle');

      const done = await spawnCommand(['keys', 'rotate-master', '--json'], { env: cli });
      assert.equal(done.code, 0, done.error);
      assert.deepEqual((JSON.parse(done.out) as { left: unknown }).left, []);
      rotation.abort();
      await recording;
      const status = await spawnCommand(['keys', 'status', '--json'], { env: cli });
      const items = (JSON.parse(status.out) as { items: { key_id: string; values: number }[] }).items;
      assert.deepEqual(
        items.map(({ key_id: keyId }) => keyId),
        ['k-new', 'k-old'],
      );
      assert.equal(items[1]?.values, 0);

      assert.equal(await openAll(store.sealed, createSealer([NEW]), tokenOf), DESTINATIONS);
      await service.stop();

      hold(NEW);
      const after = await installation.start(env);
      recorded.push(...(await record(after.url, installation.key(), 99_999, 20)));
      await splunk.waitFor(recorded.length);
      await after.stop();
      assert.deepEqual(new Set(uidsOf(splunk)), new Set(recorded));
      assert.deepEqual(
        installation.logs.split('\n').filter((line) => /"outcome":"(?:configuration|local_fault)/.test(line)),
        [],
        'no send failed for its credentials',
      );
      await store.close();
      await splunk.close();
      installation.remove();
    });
  });
}

async function left({ sealed }: { readonly sealed: SealedStore }): Promise<number> {
  return (await sealed.countSealed()).find(({ keyId }) => keyId === 'k-old')?.values ?? 0;
}
