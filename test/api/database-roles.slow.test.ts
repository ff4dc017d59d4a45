/** Every kind of process under its own role of a real PostgreSQL: it works, and what it has no business with is refused. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Client, escapeIdentifier } from 'pg';
import { pino } from 'pino';
import { startWorker, type RunningService } from '../../src/service.ts';
import { runCommand } from '../cli/run-command.ts';
import { startFakeSplunk, type FakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { usePostgres, type TestPostgres } from '../support/postgres.ts';
import { callService } from './call-service.ts';
import { addSplunk, Installation, record, uidsOf, WORKSPACE } from './installation.ts';

const ROLES = ['record', 'api', 'worker', 'verify'] as const;
type Role = (typeof ROLES)[number];

/** Logins are of the whole server: each run has its own. */
const mark = randomBytes(4).toString('hex');
const loginOf = (role: Role): string => `aegis_test_${role}_${mark}`;
const PASSWORD = randomBytes(12).toString('hex');

const installation = new Installation();
let postgres: TestPostgres;
let ownerUrl: string;
let splunk: FakeSplunk;
let service: RunningService;
let worker: Pick<RunningService, 'stop'>;

before(async () => {
  postgres = await usePostgres();
  ownerUrl = postgres.url;
  splunk = await startFakeSplunk({});
  const migrated = await runCommand(['migrate', '--store', ownerUrl, '--roles']);
  assert.equal(migrated.code, 0, migrated.error);
  assert.equal(
    (await runCommand(['migrate', '--store', ownerUrl, '--roles'])).code,
    0,
    'again changes nothing',
  );
  for (const role of ROLES) {
    await owner(`create role ${escapeIdentifier(loginOf(role))} login password '${PASSWORD}'`);
    await owner(`grant aegis_siem_${role} to ${escapeIdentifier(loginOf(role))}`);
  }
  service = await installation.start({ ...envOf('api'), AEGIS_SIEM_WORKER: 'off' });
  worker = await startWorker(
    installation.settings({ ...envOf('worker'), AEGIS_SIEM_CHECKPOINT_SECONDS: '1' }),
    { logger: pino({ level: 'warn' }, { write: (line: string) => void (installation.logs += line) }) },
  );
});

after(async () => {
  await worker.stop();
  await service.stop();
  await splunk.close();
  installation.remove();
  for (const role of ROLES) {
    await owner(`drop owned by ${escapeIdentifier(loginOf(role))}`);
    await owner(`drop role ${escapeIdentifier(loginOf(role))}`);
  }
  await postgres.close();
});

function urlOf(role: Role): string {
  const url = new URL(ownerUrl);
  url.username = loginOf(role);
  url.password = PASSWORD;
  return url.href;
}

function envOf(role: Role): Record<string, string> {
  return {
    AEGIS_SIEM_STORE: urlOf(role),
    AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
    AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key'),
  };
}

/** Lines of the logs in which the database refused something. */
function denied(): string {
  return installation.logs
    .split('\n')
    .filter((line) => /permission denied|42501/.test(line))
    .join('\n');
}

async function owner(text: string): Promise<void> {
  await as(ownerUrl, text);
}

async function as(url: string, text: string, values: readonly unknown[] = []): Promise<readonly object[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<object>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

test(
  'API and worker under their roles record, deliver, replay, change credentials and delete',
  { timeout: 120_000 },
  async () => {
    const key = installation.key();
    const call = (method: string, path: string, body?: object) =>
      callService(service.url, key, method, path, body);
    const id = await addSplunk(service.url, key, splunk);
    const path = `/v1/siem/destinations/${id}`;
    const ids = await record(service.url, key, 1, 20);
    const [text = ''] = generateAttestations({ seed: 2, count: 1, workspaceId: WORKSPACE });
    await as(urlOf('record'), 'select * from aegis_siem_record($1)', [text]);
    const own = (JSON.parse(text) as { attestation_id: string }).attestation_id;
    await untilAll([...ids, own]);

    assert.equal((await call('PATCH', path, { next_credentials: { token: splunk.token } })).status, 200);
    const more = await record(service.url, key, 3, 3);
    await untilAll(more);
    for (;;) {
      const { body } = await call('GET', path);
      if (body.next_credentials === null) break;
    }
    const replayed = await call('POST', '/v1/siem/replays', { destination_id: id, attestation_ids: [own] });
    assert.ok(replayed.status < 300, replayed.text);
    for (const [method, at, body, expected] of [
      ['POST', `${path}/pause`, {}, 200],
      ['POST', `${path}/resume`, {}, 200],
      ['GET', '/v1/siem/dead-letters', undefined, 200],
      ['GET', `/v1/attestations/${own}`, undefined, 200],
      ['GET', '/v1/audit', undefined, 200],
      ['POST', '/v1/siem/checkpoint-keys', {}, 201],
      ['POST', '/v1/api-keys', { name: 'k', workspace_id: WORKSPACE, scopes: ['deliveries:read'] }, 201],
      ['DELETE', `${path}?open=skip&reason=done`, undefined, 204],
    ] as const) {
      const answer = await call(method, at, body);
      assert.equal(answer.status, expected, `${method} ${at}: ${answer.text} ${denied()}`);
    }
    assert.equal(denied(), '');

    async function untilAll(wanted: readonly string[]): Promise<void> {
      for (let count = wanted.length; !wanted.every((uid) => uidsOf(splunk).includes(uid)); count += 1) {
        await splunk.waitFor(count);
      }
    }
  },
);

test('"verify --store" under its role judges the store', async () => {
  const pem = installation.file('key.pem');
  const env = { AEGIS_SIEM_URL: service.url, AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key') };
  writeFileSync(pem, (await runCommand(['keys', 'checkpoint'], { env })).out);
  const verdict = await runCommand(['verify', '--store', urlOf('verify'), '--key', pem]);
  assert.ok(!/permission denied/.test(verdict.error + verdict.out), verdict.error);
  assert.ok(verdict.code === 0 || verdict.code === 1, verdict.error);
});

const FORBIDDEN: Readonly<Record<Role, readonly string[]>> = {
  record: [
    'select * from aegis_siem_attestations',
    'select * from aegis_siem_destinations',
    'insert into aegis_siem_outbox default values',
    'delete from aegis_siem_outbox',
    'select * from aegis_siem_prune(0, 0, 0, 1, true)',
    'select * from aegis_siem_api_keys',
  ],
  api: [
    "update aegis_siem_attestations set body = ''",
    'delete from aegis_siem_attestations',
    'truncate aegis_siem_attestations',
    'delete from aegis_siem_receipts',
    'update aegis_siem_receipts set http_status = 200',
    'insert into aegis_siem_receipts default values',
    'insert into aegis_siem_batches default values',
    'insert into aegis_siem_checkpoints default values',
    'delete from aegis_siem_checkpoints',
    'insert into aegis_siem_chain default values',
    'delete from aegis_siem_audit',
    "update aegis_siem_audit set actor = 'x'",
    "update aegis_siem_keys set sealed = ''",
    'delete from aegis_siem_api_keys',
    'delete from aegis_siem_destinations',
    'alter table aegis_siem_attestations disable trigger all',
    'drop table aegis_siem_outbox',
    'create table aegis_siem_extra (x int)',
    'set session_replication_role = replica',
  ],
  worker: [
    'select * from aegis_siem_api_keys',
    'insert into aegis_siem_api_keys default values',
    'select * from aegis_siem_sessions',
    'insert into aegis_siem_destinations default values',
    'delete from aegis_siem_destinations',
    "update aegis_siem_attestations set body = ''",
    'delete from aegis_siem_events',
    'delete from aegis_siem_audit',
    'select * from aegis_siem_audit',
    "update aegis_siem_keys set sealed = ''",
    'delete from aegis_siem_chain',
    'truncate aegis_siem_receipts',
    'set session_replication_role = replica',
  ],
  verify: [
    'select sealed from aegis_siem_destinations',
    'select * from aegis_siem_destinations',
    'select sealed from aegis_siem_keys',
    'select * from aegis_siem_api_keys',
    'select * from aegis_siem_sessions',
    'select * from aegis_siem_audit',
    'insert into aegis_siem_outbox default values',
    'delete from aegis_siem_receipts',
    "update aegis_siem_lanes set owner = 'x'",
    "select * from aegis_siem_record('{}')",
  ],
};

for (const role of ROLES) {
  test(`the role ${role} is refused what it has no business with (${FORBIDDEN[role].length} acts)`, async () => {
    for (const act of FORBIDDEN[role]) {
      await assert.rejects(as(urlOf(role), act), (error) => {
        assert.ok(error instanceof Error && 'code' in error);
        // 42501 insufficient_privilege: https://www.postgresql.org/docs/current/errcodes-appendix.html
        assert.equal(error.code, '42501', `${role}: ${act}: ${error.message}`);
        return true;
      });
    }
  });
}

test('every table is given to a role or to none on purpose: a new one must be thought of', async () => {
  const rows = (await as(
    ownerUrl,
    `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
       and c.relname like 'aegis\\_siem\\_%'
       and not has_any_column_privilege('aegis_siem_api', c.oid, 'select')`,
  )) as readonly { readonly name: string }[];
  assert.deepEqual(
    rows.map(({ name }) => name),
    // Of the worker alone.
    ['aegis_siem_notices'],
    'src/store/postgres/roles.sql names it',
  );
});

test('--roles is refused for SQLite', async () => {
  const refused = await runCommand([
    'migrate',
    '--store',
    `sqlite:${installation.file('other.db')}`,
    '--roles',
  ]);
  assert.equal(refused.code, 2);
  assert.match(refused.error, /SQLite has no roles/);
});
