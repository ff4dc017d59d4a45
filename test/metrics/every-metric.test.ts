/**
 * A run in which everything happens that is counted: a real store, a real API, the real engine (its times shortened) and real
 * servers as SIEMs. Afterwards the metrics that have samples are held against those that the reference lists.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { asObject } from '../../src/cli/output.ts';
import { createAddressPolicy } from '../../src/egress/address-policy.ts';
import { declaredMetrics } from '../../src/metrics/metrics-document.ts';
import { loadKeyFile } from '../../src/secrets/load-key-file.ts';
import type { RunningService } from '../../src/service.ts';
import { openServiceWatch, type ServiceWatch } from '../../src/service-watch.ts';
import { type RunningDelivery, startDelivery } from '../../src/start-delivery.ts';
import { type OpenedStore, openStore } from '../../src/store/open-store.ts';
import { callService } from '../api/call-service.ts';
import { Installation, record, WORKSPACE } from '../api/installation.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { issueCertificate, makeAuthority } from '../fake-splunk/test-certificates.ts';
import { metricOf, parseScrape, type Sample } from './scrape.ts';

const ALLOW = 'http+127.0.0.1/32:1-65535,127.0.0.1/32:1-65535';
const WITHIN_MS = 30_000;

const installation = new Installation();
const authority = makeAuthority('Test Authority');
let service: RunningService;
let splunk: FakeSplunk;
let strict: FakeSplunk;
let secure: FakeSplunk;
let forbidden: FakeSplunk;
let store: OpenedStore;
let watch: ServiceWatch;
let delivery: RunningDelivery | undefined;

before(async () => {
  service = await installation.start({ AEGIS_SIEM_WORKER: 'off', AEGIS_SIEM_EGRESS_ALLOW: ALLOW });
  [splunk, strict, forbidden] = await Promise.all([startFakeSplunk(), startFakeSplunk(), startFakeSplunk()]);
  const { certificatePem: cert, privateKeyPem: key } = issueCertificate(authority, {
    dnsName: 'splunk.example.com',
    ipAddress: '127.0.0.1',
  });
  secure = await startFakeSplunk({ tls: { cert, key } });
  store = await openStore(`sqlite:${installation.file('aegis.db')}`);
  watch = openServiceWatch({
    store: { ...store, backlog: onSmallDisk(store) },
    logger: pino({ level: 'silent' }),
    version: '0',
    clock: { nowMs: () => Date.now() },
  });
});
after(async () => {
  await delivery?.stop(1_000);
  await watch.stop();
  await store.close();
  await service.stop();
  await Promise.all([splunk, strict, secure, forbidden].map((fake) => fake.close()));
  installation.remove();
});

/** The store's own backlog, on a disk of which nine tenths are taken. */
function onSmallDisk({ backlog }: OpenedStore): OpenedStore['backlog'] {
  return {
    measure: (query) => backlog.measure(query),
    oldestRecordedAtMs: (no) => backlog.oldestRecordedAtMs(no),
    recordedAtMs: (nos) => backlog.recordedAtMs(nos),
    readLevels: (no) => backlog.readLevels(no),
    changeLevels: (no, from, to) => backlog.changeLevels(no, from, to),
    space: () => Promise.resolve({ usedBytes: 950, freeBytes: 50 }),
  };
}

function call(method: string, path: string, body?: object) {
  return callService(service.url, installation.key(), method, path, body);
}

async function create(name: string, siem: FakeSplunk, more: object = {}): Promise<string> {
  const tls = siem === secure ? { tls: { ca_pem: authority.certificatePem } } : {};
  const made = await call('POST', '/v1/siem/destinations', {
    name,
    workspace_id: WORKSPACE,
    type: 'splunk_hec',
    config: { url: siem.url, ...tls },
    credentials: { token: siem.token },
    ...more,
  });
  assert.equal(made.status, 201, made.text);
  return made.body.destination_id;
}

async function samples(): Promise<readonly Sample[]> {
  const own = parseScrape(await watch.registry.metrics());
  const { text } = await call('GET', '/metrics');
  return [...own, ...parseScrape(text)];
}

/** Waits until every metric has a sample; answers those that have none after the time. */
async function withoutSample(names: readonly string[]): Promise<readonly string[]> {
  const histograms = new Set(
    declaredMetrics().flatMap(({ name, type }) => (type === 'histogram' ? [name] : [])),
  );
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const seen = new Set((await samples()).map(({ name }) => metricOf(name, histograms)));
    const missing = names.filter((name) => !seen.has(name));
    if (missing.length === 0 || Date.now() > deadline) return missing;
    await pause(100);
  }
}

test('each metric of the reference is emitted by a run in which all of it happens, and no other is', async () => {
  const plain = await create('plain', splunk);
  await create('strict', strict);
  await create('secure', secure, { credentials_expire_at: '2199-01-01T00:00:00Z' });
  await create('guarded', forbidden);
  await create('choosy', splunk, { filter: { verdicts: ['escalate'] } });
  const limited = await create('limited', splunk, { limits: { max_rows: 1_000 } });
  assert.equal((await call('POST', `/v1/siem/destinations/${limited}/pause`)).status, 200);
  const sealed = await create('sealed', splunk);

  const [bad = ''] = await record(service.url, installation.key(), 7, 520);
  const refused = await call('POST', '/v1/attestations', { attestation_id: 'no' });
  assert.ok(refused.status >= 400);
  assert.equal((await call('POST', '/v1/siem/destinations', { name: 'plain' })).status, 422);
  const db = new DatabaseSync(installation.file('aegis.db'));
  // A row that somebody removed by hand: the reconciler must write it again.
  db.exec(`delete from aegis_siem_outbox where record_no = 12`);
  db.exec(
    `update aegis_siem_destinations set sealed = '{"token":"s1.k-000000000000.AAAA.AAAA.AAAA"}' where destination_id = '${sealed}'`,
  );
  db.close();
  strict.refuse({ matches: ({ metadata }) => asObject(metadata)['uid'] === bad, code: 6, withNumber: true });
  await store.admin.createApiKey(
    { apiKeyId: 'k', name: 'k', scopes: [], secretSha256: 'x', createdAtMs: 0 },
    audit('a'),
  );
  await watch.store.admin.listAudit({}, { limit: 1, cursor: 'no cursor' }).catch(() => undefined);

  delivery = await startDelivery(
    { ...store, backlog: onSmallDisk(store) },
    {
      run: 'here',
      keys: loadKeyFile(installation.file('master-key')),
      egressAllow: ALLOW,
      denied: [{ address: '127.0.0.1', port: Number(new URL(forbidden.url).port) }],
      observer: watch.observer,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      checkpoints: { everyMs: 200, keepMs: 1_000_000 },
      retentionAges: { receiptsMs: 1, attemptsMs: 1, skippedMs: 1 },
      limits: {
        reconcileEveryMs: 200,
        retentionEveryMs: 200,
        limitLookMs: 50,
        spaceLookMs: 50,
        logLookMs: 100,
        replayIdleMs: 50,
        backoffFirstMs: 20,
      },
    },
  );
  watch.noticeSent('webhook', 'sent');
  watch.watchCertificates(createAddressPolicy(ALLOW));
  await splunk.waitFor(520);
  const replay = await call('POST', '/v1/siem/replays', {
    destination_id: plain,
    from: '2020-01-01T00:00:00Z',
    to: new Date(Date.now() + 1_000).toISOString(),
  });
  assert.ok(replay.status < 300, replay.text);

  const declared = declaredMetrics().map(({ name }) => name);
  assert.deepEqual(await withoutSample(declared), [], 'declared, and never emitted');
  const histograms = new Set(
    declaredMetrics().flatMap(({ name, type }) => (type === 'histogram' ? [name] : [])),
  );
  const strange = (await samples())
    .map(({ name }) => metricOf(name, histograms))
    .filter((name) => name.startsWith('aegis_siem_') && !declared.includes(name));
  assert.deepEqual([...new Set(strange)], [], 'emitted, and not in the reference');
});

test('no sample names a credential, an attestation or a tool', async () => {
  const labels = (await samples()).flatMap(({ labels: one }) => Object.values(one));
  for (const value of labels) assert.ok(value.length <= 200 && !value.includes(splunk.token), value);
});

test('docs/reference/metrics.md lists exactly what is declared', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'reference', 'metrics.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `(?<name>aegis_siem_\w+)`/gm)].map(({ groups }) => groups?.['name']);
  assert.deepEqual(
    listed,
    declaredMetrics().map(({ name }) => name),
  );
  for (const { help } of declaredMetrics()) assert.ok(page.includes(help.replaceAll('|', '\\|')), help);
});

function audit(auditId: string) {
  return { auditId, atMs: 0, workspaceId: 'w', actor: 'test', action: 'api_key.created', subjectId: 's' };
}
