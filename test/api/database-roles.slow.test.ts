/**
 * Every kind of process under its own role of a real PostgreSQL, with row security forced on the owner too: it works, and what it
 * has no business with is refused.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import { pino } from 'pino';
import type { RunningService } from '../../src/service.ts';
import { startWorker } from '../../src/start-worker.ts';
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
/** Owns the tables, and is no superuser: row security is forced on it. */
const OWNER = `aegis_test_owner_${mark}`;
let splunk: FakeSplunk;
let service: RunningService;
let worker: Pick<RunningService, 'stop'>;

before(async () => {
  postgres = await usePostgres();
  await superuser(`create role ${escapeIdentifier(OWNER)} login createrole password '${PASSWORD}'`);
  await superuser(`alter schema public owner to ${escapeIdentifier(OWNER)}`);
  await superuser(
    `alter database ${escapeIdentifier(new URL(postgres.url).pathname.slice(1))} owner to ${escapeIdentifier(OWNER)}`,
  );
  ownerUrl = urlFor(OWNER);
  splunk = await startFakeSplunk({});
  for (let time = 1; time <= 2; time += 1) {
    const migrated = await runCommand(['migrate', '--store', ownerUrl, '--roles', '--row-security']);
    assert.equal(migrated.code, 0, `time ${time}: ${migrated.error}`);
  }
  for (const role of ROLES) {
    await superuser(`create role ${escapeIdentifier(loginOf(role))} login password '${PASSWORD}'`);
    await superuser(`grant aegis_siem_${role} to ${escapeIdentifier(loginOf(role))}`);
  }
  service = await installation.start({ ...envOf('api'), AEGIS_SIEM_WORKER: 'off' });
  worker = await startsWorker();
});

function startsWorker(): Promise<Pick<RunningService, 'stop'>> {
  return startWorker(installation.settings({ ...envOf('worker'), AEGIS_SIEM_CHECKPOINT_SECONDS: '1' }), {
    logger: pino({ level: 'warn' }, { write: (line: string) => void (installation.logs += line) }),
  });
}

after(async () => {
  await worker.stop();
  await service.stop();
  await splunk.close();
  installation.remove();
  for (const role of ROLES) {
    await superuser(`drop owned by ${escapeIdentifier(loginOf(role))}`);
    await superuser(`drop role ${escapeIdentifier(loginOf(role))}`);
  }
  await superuser(`reassign owned by ${escapeIdentifier(OWNER)} to current_user`);
  await superuser(`drop owned by ${escapeIdentifier(OWNER)}`);
  await superuser(`drop role ${escapeIdentifier(OWNER)}`);
  await postgres.close();
});

function urlOf(role: Role): string {
  return urlFor(loginOf(role));
}

function urlFor(login: string): string {
  const url = new URL(postgres.url);
  url.username = login;
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

async function superuser(text: string): Promise<void> {
  await as(postgres.url, text);
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
    ] as const) {
      const answer = await call(method, at, body);
      assert.equal(answer.status, expected, `${method} ${at}: ${answer.text} ${denied()}`);
    }
    // A stream that is deleted before its first checkpoint stays without proof for ever, and "verify --store" says so.
    while (!splunk.events().some(({ eventText }) => eventText.includes('"checkpoint":{'))) await sleep(50);
    // What is replayed may still wait: then the deletion says so first.
    const skip = `${path}?open=skip&reason=done`;
    let deleted = await call('DELETE', skip);
    if (deleted.status === 409) {
      const { confirm } = JSON.parse(deleted.text) as { confirm: string };
      deleted = await call('DELETE', `${skip}&confirm=${encodeURIComponent(confirm)}`);
    }
    assert.equal(deleted.status, 204, deleted.text);
    assert.equal(denied(), '');

    async function untilAll(wanted: readonly string[]): Promise<void> {
      for (let count = wanted.length; !wanted.every((uid) => uidsOf(splunk).includes(uid)); count += 1) {
        await splunk.waitFor(count);
      }
    }
  },
);

test(
  'a dead letter, its retry, a checkpoint, a prune and new keys: the whole life of a record, each act under its role',
  { timeout: 180_000 },
  async () => {
    const key = installation.key();
    const call = (method: string, path: string, body?: object) =>
      callService(service.url, key, method, path, body);
    let last = '';
    const until = async <Found>(what: string, look: () => Promise<Found | undefined>): Promise<Found> => {
      for (const untilMs = Date.now() + 40_000; ;) {
        const found = await look();
        if (found !== undefined) return found;
        assert.ok(Date.now() < untilMs, `${what}: ${denied()} ${last}`);
        await sleep(200);
      }
    };
    await addSplunk(service.url, key, splunk);
    const [poison = ''] = generateAttestations({ seed: 9, count: 1, workspaceId: WORKSPACE });
    const { attestation_id: poisonId } = JSON.parse(poison) as { attestation_id: string };
    splunk.refuse({
      code: 6,
      withNumber: true,
      matches: ({ metadata }) => (metadata as { uid?: string }).uid === poisonId,
    });
    assert.equal((await call('POST', '/v1/attestations', JSON.parse(poison) as object)).status, 201);
    const ids = await record(service.url, key, 10, 5);
    await until('delivered', async () =>
      ids.every((uid) => uidsOf(splunk).includes(uid)) ? true : undefined,
    );
    await until('a dead letter', async () =>
      (await call('GET', '/v1/siem/dead-letters?status=dead')).body.items.find(
        (item) => item.attestation_id === poisonId,
      ),
    );
    splunk.refuse(undefined);
    const letters = await call('GET', '/v1/siem/dead-letters?status=dead');
    const deadIds = letters.body.items.map(({ dead_letter_id: id }) => id);
    const retried = await call('POST', '/v1/siem/dead-letters/retry', { ids: deadIds });
    assert.equal(retried.status, 200, retried.text);
    await until('the retry', async () => (uidsOf(splunk).includes(poisonId) ? true : undefined));
    await until('a checkpoint', async () =>
      splunk.events().find(({ eventText }) => eventText.includes('"checkpoint":{')),
    );

    // The owner alone removes records; each other role is told so.
    const env = (url: string) => ({ ...envOf('worker'), AEGIS_SIEM_STORE: url });
    const prune = (url: string, before: string, ...more: string[]) =>
      runCommand(['attestations', 'prune', '--before', before, '--json', ...more], { env: env(url) });
    for (const role of ['api', 'worker'] as const) {
      const refused = await prune(urlOf(role), '2026-01-01T00:00:00Z');
      assert.equal(refused.code, 4, refused.error);
      assert.match(refused.error, /run it as the owner/);
    }
    // A start begins with a look of the reconciler, and a stop chains what is committed.
    await worker.stop();
    worker = await startsWorker();
    const before = new Date().toISOString();
    const told = await until('nothing keeps the records', async () => {
      const { out, error } = await prune(ownerUrl, before);
      assert.ok(out !== '', error);
      last = out;
      const answer = JSON.parse(out) as {
        effect: { records: number; obstacles: readonly object[] } | null;
        confirm?: string;
      };
      return answer.confirm === undefined || (answer.effect?.records ?? 0) < 20 ? undefined : answer;
    });
    const done = await prune(ownerUrl, before, '--confirm', told.confirm ?? '');
    assert.equal(done.code, 0, done.error);
    assert.equal((await call('GET', `/v1/attestations/${poisonId}`)).status, 404);

    const more = await record(service.url, key, 11, 3);
    await until('what comes after', async () =>
      more.every((uid) => uidsOf(splunk).includes(uid)) ? true : undefined,
    );
    const rotated = await runCommand(['keys', 'rotate-master'], { env: env(ownerUrl) });
    assert.equal(rotated.code, 0, rotated.error);
    assert.equal((await call('POST', '/v1/siem/checkpoint-keys', {})).status, 201);
    const pruned = (await call('GET', '/v1/audit?limit=500')).body.items.filter(
      ({ action }) => action === 'attestations.pruned',
    );
    assert.equal(pruned.length, 1);
    const own = await until('the store is proved', async () => {
      const verdict = await runCommand(['verify', '--store', urlOf('verify')]);
      last = verdict.out + verdict.error;
      return verdict.code === 0 ? verdict : undefined;
    });
    assert.match(own.out, /note pruned: /);
    assert.equal(denied(), '');
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
    'insert into aegis_siem_prune_marks default values',
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
    'insert into aegis_siem_prune_marks default values',
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
