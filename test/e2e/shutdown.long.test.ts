/** SIGTERM while requests are on their way to a SIEM: with the real process, on both stores. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { askStore } from '../support/ask-store.ts';
import { callService } from '../support/call-service.ts';
import { type CliProcess, startCliProcess } from '../support/cli-process.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { usePostgres } from '../support/postgres.ts';

const WORKSPACE = 'ws-shutdown';
const COUNT = 50;
/** Starting a process takes seconds on a busy machine; a lease would take this and 30 s more. */
const WAIT_MS = 28_000;

/** One store in a folder of its own, a collector, and the services that a test starts. */
interface Rig extends AsyncDisposable {
  readonly splunk: FakeSplunk;
  readonly storeUrl: string;
  start(graceSeconds: number): Promise<Running>;
}

interface Running extends CliProcess {
  readonly url: string;
  readonly key: string;
}

const LISTENING = /listening on (?<url>http:\/\/\S+)/;

describe('a stop', () => {
  for (const store of ['sqlite', 'postgres'] as const) {
    it(`finishes what is on its way within the grace, and gives the lane back (${store})`, async () => {
      await using rig = await openRig(store);
      const service = await rig.start(20);
      rig.splunk.plan({ kind: 'slow', delayMs: 1_500 });
      await record(rig, service);
      await rig.splunk.waitFor(COUNT);
      assert.deepEqual(await open(rig), { rows: COUNT, batches: 1, owned: 1 }, 'its answer is still to come');
      assert.equal(await service.end('SIGTERM'), 0);
      assert.deepEqual(await open(rig), { rows: 0, batches: 0, owned: 0 });
      assert.equal(recordsAt(rig), COUNT);
    });

    it(`hands back uncharged what does not end within the grace; the next process sends it at once (${store})`, async () => {
      await using rig = await openRig(store);
      const service = await rig.start(1);
      rig.splunk.plan({ kind: 'hang' }, 100);
      await record(rig, service);
      await untilRequested(rig);
      assert.equal(await service.end('SIGTERM'), 0);
      assert.deepEqual(await open(rig), { rows: COUNT, batches: 1, owned: 0 });
      const [batch] = await askStore(rig.storeUrl, 'select state, attempts from aegis_siem_batches');
      assert.deepEqual({ ...batch, attempts: Number(batch?.['attempts']) }, { state: 'formed', attempts: 0 });
      const failed = await askStore(rig.storeUrl, 'select 1 from aegis_siem_attempts');
      assert.equal(failed.length, 0, 'nothing is held against the destination');

      rig.splunk.clearFaults();
      const next = await rig.start(20);
      await rig.splunk.waitFor(COUNT, WAIT_MS);
      assert.equal(await next.end('SIGTERM'), 0);
      assert.deepEqual(await open(rig), { rows: 0, batches: 0, owned: 0 });
      assert.equal(recordsAt(rig), COUNT, 'once each');
    });

    it(`ends at once at a second signal, and what was on its way is sent by the next process (${store})`, async () => {
      await using rig = await openRig(store);
      const service = await rig.start(600);
      rig.splunk.plan({ kind: 'hang' }, 100);
      await record(rig, service);
      await untilRequested(rig);
      service.process.kill('SIGTERM');
      await service.says(/"msg":"stopping"/);
      assert.equal(await service.end('SIGTERM'), 130);
      rig.splunk.clearFaults();
      const next = await rig.start(20);
      await rig.splunk.waitFor(COUNT, WAIT_MS);
      assert.equal(await next.end('SIGTERM'), 0);
      assert.deepEqual(await open(rig), { rows: 0, batches: 0, owned: 0 });
    });
  }
});

async function openRig(store: 'sqlite' | 'postgres'): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-shutdown-'));
  const splunk = await startFakeSplunk({});
  const postgres = store === 'postgres' ? await usePostgres() : undefined;
  const storeUrl = postgres?.url ?? `sqlite:${join(folder, 'aegis.db')}`;
  const started: CliProcess[] = [];
  return {
    splunk,
    storeUrl,
    start: async (graceSeconds) => {
      const service = startCliProcess({
        args: ['serve'],
        ready: LISTENING,
        env: {
          AEGIS_SIEM_STORE: storeUrl,
          AEGIS_SIEM_PORT: '0',
          AEGIS_SIEM_KEY_FILE: join(folder, 'master-key'),
          AEGIS_SIEM_ADMIN_KEY_FILE: join(folder, 'admin-key'),
          AEGIS_SIEM_EGRESS_ALLOW: 'http+127.0.0.1/32:1024-65535',
          AEGIS_SIEM_STOP_GRACE_SECONDS: String(graceSeconds),
          // What arrives is counted here; checkpoints have tests of their own.
          AEGIS_SIEM_CHECKPOINT_SECONDS: '0',
        },
      });
      started.push(service);
      const url = (await service.ready).groups?.['url'] ?? '';
      return { ...service, url, key: readFileSync(join(folder, 'admin-key'), 'utf8').trim() };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(started.map((service) => service.end('SIGKILL')));
      await splunk.close();
      await postgres?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes the destination and records `COUNT` attestations. */
async function record(rig: Rig, { url, key }: Running): Promise<void> {
  const made = await callService(url, key, 'POST', '/v1/siem/destinations', {
    name: 'siem',
    workspace_id: WORKSPACE,
    type: 'splunk_hec',
    config: { url: rig.splunk.url },
    credentials: { token: rig.splunk.token },
    sources: ['attestations'],
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const texts = [...generateAttestations({ seed: 1, count: COUNT, workspaceId: WORKSPACE })];
  const body = Buffer.from(`[${texts.join(',')}]`);
  const answer = await callService(url, key, 'POST', '/v1/attestations', body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
}

/** Events of records, repeats and all; checkpoints are the stream's own. */
function recordsAt({ splunk }: Rig): number {
  return splunk.events().filter(({ eventText }) => eventText.includes('"kind":"event"')).length;
}

/** Waits until the collector has the request that it will never answer. */
async function untilRequested({ splunk }: Rig): Promise<void> {
  const giveUpMs = Date.now() + WAIT_MS;
  while (splunk.requests().length === 0) {
    assert.ok(Date.now() < giveUpMs, 'no request came');
    await splunk.waitFor(1, 50).catch(() => undefined);
  }
}

async function open({ storeUrl }: Rig): Promise<object> {
  const [row] = await askStore(
    storeUrl,
    `select (select count(*) from aegis_siem_outbox) as rows_open, (select count(*) from aegis_siem_batches) as batches,
       (select count(*) from aegis_siem_lanes where owner is not null) as owned`,
  );
  return {
    rows: Number(row?.['rows_open']),
    batches: Number(row?.['batches']),
    owned: Number(row?.['owned']),
  };
}
