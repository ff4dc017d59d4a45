/**
 * Each way in which an installation can be broken is made for real, and must be found, with what to do in words; a sound one must
 * find nothing. The set-ups, 26 of them:
 *
 * - the SIEM: down; refuses the token; at an address that is not allowed; has a clock of its own time; shows a certificate of an
 *   unknown authority; is a web page and no collector; has events that it refused for good
 * - keys: master key lost; readable by others; another one than the store was sealed with; named twice; first API key readable by others
 * - the embedded store: not there; damaged; readable by others; a trigger dropped; used by a newer release; epoch marks gone; disk full
 * - PostgreSQL: gone; never migrated; a trigger switched off
 * - settings: no checkpoints; open to the network without TLS; other commands talk to another machine, with a store here and without
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { addSplunk, Installation, record } from '../../../test/api/installation.ts';
import { type CommandResult, runCommand } from '../../../test/cli/run-command.ts';
import { issueCertificate, makeAuthority } from '../../../test/fake-splunk/test-certificates.ts';
import { type FakeSplunk, startFakeSplunk } from '../../../test/fake-splunk/fake-splunk.ts';
import { usePostgres } from '../../../test/support/postgres.ts';
import { asItems, asObject, cell } from '../output.ts';
import type { JsonObject, JsonValue } from '../../json.ts';

const installation = new Installation();
let splunk: FakeSplunk;
let clockAheadMs = 0;

before(async () => {
  splunk = await startFakeSplunk({ clockAheadMs: () => clockAheadMs });
  const service = await installation.start();
  await addSplunk(service.url, installation.key(), splunk);
  await record(service.url, installation.key(), 1, 2);
  await splunk.waitFor(2);
  await service.stop();
});
after(async () => {
  await splunk.close();
  installation.remove();
});

function doctor(
  argv: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  // Without checkpoints it would rightly warn.
  return runCommand(['doctor', ...argv], {
    env: installation.env({ AEGIS_SIEM_CHECKPOINT_SECONDS: '300', ...env }),
  });
}

/** What is wrong, without the word on the version of Node that runs this test. */
function wrong({ out }: CommandResult): readonly JsonObject[] {
  const findings = asItems(asObject(JSON.parse(out) as JsonValue)['findings']);
  return findings.filter(({ status, check }) => status !== 'ok' && check !== 'node');
}

/** Exactly one thing is wrong, and it is this. */
async function findsOnly(
  says: RegExp,
  { status = 'fail', runbook, env = {} }: { status?: string; runbook?: string; env?: Record<string, string> },
): Promise<void> {
  const result = await doctor(['--json'], env);
  const found = wrong(result);
  assert.equal(found.length, 1, JSON.stringify(found, null, 2));
  const [finding = {}] = found;
  assert.equal(finding['status'], status, JSON.stringify(finding));
  assert.match(cell(finding['message']), says);
  assert.ok(cell(finding['fix']).length > 10, 'says what to do');
  if (runbook !== undefined) assert.equal(finding['runbook'], `docs/operations/${runbook}.md`);
  assert.equal(result.code, status === 'fail' ? 1 : 0);
  assert.ok(!result.out.includes(splunk.token), 'no credential is shown');
}

/** Opens the database past the service, as an intruder would. */
function alter(sql: string): void {
  const db = new DatabaseSync(installation.file('aegis.db'));
  db.exec(sql);
  db.close();
}

test('finds nothing wrong with a sound installation, and the destination took a test event', async () => {
  const events = splunk.events().length;
  const result = await doctor(['--json']);
  assert.deepEqual(wrong(result), []);
  assert.equal(result.code, 0);
  assert.equal(splunk.events().length, events + 1);
});

test('--no-test sends nothing', async () => {
  const requests = splunk.events().length;
  assert.equal((await doctor(['--no-test'])).code, 0);
  assert.equal(splunk.events().length, requests);
});

test('the lines for people name the check, the fix and the page', async () => {
  splunk.changeToken('00000000-0000-4000-8000-00000000ffff');
  const { out, error, code } = await doctor();
  splunk.changeToken('fa4e0000-0000-4000-8000-00000000c0de');
  assert.equal(code, 1);
  assert.match(out, /^ok {4}store: SQLite 3\.\d+/m);
  assert.match(
    out,
    /^fail {2}destination splunk: Test event not taken: .*\n {6}do: .+\n {6}read: docs\/operations\/token-expired\.md$/m,
  );
  assert.match(error, /\d+ ok, \d+ to look at, 1 wrong/);
});

test('finds a SIEM that is down', async () => {
  const port = Number(new URL(splunk.url).port);
  const token = splunk.token;
  await splunk.close();
  await findsOnly(/refused/, { runbook: 'siem-down' });
  splunk = await startFakeSplunk({ port, token, clockAheadMs: () => clockAheadMs });
});

test('finds an address that the operator does not allow', async () => {
  const env = { AEGIS_SIEM_EGRESS_ALLOW: '10.9.9.0/24:8088' };
  await findsOnly(/loopback/, { runbook: 'blocked-address', env });
});

test('finds a lost master key', async () => {
  renameSync(installation.file('master-key'), installation.file('kept'));
  await findsOnly(/master-key is not there, and the store holds credentials sealed/, { runbook: 'lost-key' });
  renameSync(installation.file('kept'), installation.file('master-key'));
});

test('finds a master key that others can read, and an API key that others can read', async () => {
  chmodSync(installation.file('master-key'), 0o644);
  await findsOnly(/others may use it \(mode 644\)/, { runbook: 'lost-key' });
  chmodSync(installation.file('master-key'), 0o600);
  chmodSync(installation.file('admin-key'), 0o644);
  await findsOnly(/Others on this machine may use the first API key/, { status: 'warn' });
  chmodSync(installation.file('admin-key'), 0o600);
});

test('finds a database file that others can read', async () => {
  chmodSync(installation.file('aegis.db'), 0o644);
  await findsOnly(/Others on this machine may use the records \(mode 644\)/, { status: 'warn' });
  chmodSync(installation.file('aegis.db'), 0o600);
});

test('finds another master key in the place of the one that the store was sealed with', async () => {
  const file = installation.file('master-key');
  const kept = readFileSync(file, 'utf8');
  const [keyId = ''] = kept.trim().split(/\s+/);
  writeFileSync(file, `${keyId} ${randomBytes(32).toString('base64')}\n`);
  const result = wrong(await doctor(['--json']));
  writeFileSync(file, kept);
  assert.equal(result[0]?.['check'], 'keys', JSON.stringify(result));
  assert.equal(result[0]?.['runbook'], 'docs/operations/lost-key.md');
  assert.match(cell(result[0]?.['fix']), /backup of the key/);
});

test('finds a master key that is named twice', async () => {
  const env = {
    AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
    AEGIS_SIEM_MASTER_KEY: readFileSync(installation.file('master-key'), 'utf8').trim(),
  };
  const result = wrong(await doctor(['--json'], env));
  assert.match(cell(result[0]?.['message']), /AEGIS_SIEM_MASTER_KEY/);
  assert.match(cell(result[0]?.['fix']), /Set one of them/);
});

test('finds a SIEM whose clock is an hour ahead', async () => {
  clockAheadMs = 3_600_000;
  await findsOnly(/This machine is 3[56]\d\d\.\d s behind/, { runbook: 'clock' });
  clockAheadMs = 0;
});

test('finds a web page where the collector should be', async () => {
  const port = Number(new URL(splunk.url).port);
  const { token } = splunk;
  await splunk.close();
  const page = createServer((_, response) => response.end('<html><title>Sign in</title></html>'));
  await new Promise<void>((resolve) => page.listen(port, '127.0.0.1', resolve));
  const result = wrong(await doctor(['--json']));
  page.closeAllConnections();
  await new Promise<void>((resolve) => page.close(() => resolve()));
  splunk = await startFakeSplunk({ port, token, clockAheadMs: () => clockAheadMs });
  assert.match(cell(result[0]?.['message']), /Test event not taken: /);
  assert.match(`${cell(result[0]?.['message'])} ${cell(result[0]?.['fix'])}`, /not (?:a|the) |Splunk|HEC/);
});

test('finds a certificate of an authority that this machine does not know', async () => {
  const authority = makeAuthority('An authority of its own');
  const { certificatePem: cert, privateKeyPem: key } = issueCertificate(authority, {
    dnsName: 'splunk.example.com',
    ipAddress: '127.0.0.1',
  });
  const port = Number(new URL(splunk.url).port);
  const { token } = splunk;
  const url = splunk.url;
  await splunk.close();
  const shown = await startFakeSplunk({ port, token, tls: { cert, key } });
  alter(`update aegis_siem_destinations set config = replace(config, '${url}', '${shown.url}')`);
  const result = wrong(await doctor(['--json']));
  alter(`update aegis_siem_destinations set config = replace(config, '${shown.url}', '${url}')`);
  await shown.close();
  splunk = await startFakeSplunk({ port, token, clockAheadMs: () => clockAheadMs });
  assert.equal(result[0]?.['runbook'], 'docs/operations/certificate.md', JSON.stringify(result));
  assert.match(cell(result[0]?.['fix']), /ca_pem|authority/);
});

test('finds that the epoch marks of a store that has delivered are gone', async () => {
  renameSync(installation.file('aegis.db.epochs.json'), installation.file('kept'));
  await findsOnly(/epoch marks .* are gone/, { status: 'warn', runbook: 'restore' });
  renameSync(installation.file('kept'), installation.file('aegis.db.epochs.json'));
});

test('--strict ends with 1 for a warning', async () => {
  chmodSync(installation.file('admin-key'), 0o644);
  assert.equal((await doctor(['--strict'])).code, 1);
  chmodSync(installation.file('admin-key'), 0o600);
});

test('finds a dropped trigger', async () => {
  const db = new DatabaseSync(installation.file('aegis.db'));
  const [trigger] = db
    .prepare(
      `select name, sql from sqlite_schema where type = 'trigger' and tbl_name = 'aegis_siem_attestations'`,
    )
    .all();
  db.close();
  alter(`drop trigger ${String(trigger?.['name'])}`);
  await findsOnly(new RegExp(`Missing or changed in the database: trigger ${String(trigger?.['name'])}`), {});
  alter(String(trigger?.['sql']));
});

test('finds a store that a newer release has used, and one that was never migrated', async () => {
  alter(`insert into aegis_siem_schema (version, name, applied_at) values (9999, '9999-later.sql', 0)`);
  await findsOnly(/schema is at version 9999/, { runbook: 'upgrade' });
  alter(`delete from aegis_siem_schema where version = 9999`);
});

test('finds a store that is not there, and makes none', async () => {
  const away = installation.file('away.db');
  const result = wrong(await doctor(['--json'], { AEGIS_SIEM_STORE: `sqlite:${away}` }));
  assert.match(cell(result.at(-1)?.['message']), /There is no database at/);
  assert.throws(() => openSync(away, 'r'), /ENOENT/);
});

test('where other commands talk to a service elsewhere, it says which store it looks at', async (t) => {
  const away = mkdtempSync(join(tmpdir(), 'aegis-siem-away-'));
  const here = process.cwd();
  t.after(() => {
    process.chdir(here);
    rmSync(away, { recursive: true });
  });
  process.chdir(away);
  const env = { AEGIS_SIEM_URL: 'https://aegis.example.com:8600' };
  const nothing = await runCommand(['doctor', '--no-test'], { env });
  assert.equal(nothing.code, 2);
  assert.match(
    nothing.error,
    /service at https:\/\/aegis\.example\.com:8600: run doctor there, or name its store/,
  );
  mkdirSync('data');
  copyFileSync(installation.file('aegis.db'), 'data/aegis.db');
  const found = await runCommand(['doctor', '--no-test'], { env });
  assert.match(found.out, /Looks at .*data.aegis\.db on this machine, not at the service at https:/);
  const named = await doctor(['--no-test'], env);
  assert.doesNotMatch(named.out, /not at the service/);
});

test('finds a damaged database file', async () => {
  const damaged = installation.file('damaged.db');
  copyFileSync(installation.file('aegis.db'), damaged);
  const file = openSync(damaged, 'r+');
  for (let page = 1; page < 60; page += 1) writeSync(file, Buffer.alloc(200, 0x5a), 0, 200, page * 4096 + 8);
  const result = wrong(
    await doctor(['--json'], {
      AEGIS_SIEM_STORE: `sqlite:${damaged}`,
      AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
    }),
  );
  assert.ok(
    result.some(({ runbook }) => runbook === 'docs/operations/restore.md'),
    JSON.stringify(result),
  );
  rmSync(damaged);
});

test('warns of settings that leave the installation open or unproved', async () => {
  await findsOnly(/No checkpoints are made/, { status: 'warn', env: { AEGIS_SIEM_CHECKPOINT_SECONDS: '0' } });
  await findsOnly(/listens on 0\.0\.0\.0 without TLS/, {
    status: 'warn',
    env: { AEGIS_SIEM_HOST: '0.0.0.0' },
  });
});

test('finds a full disk', async () => {
  await findsOnly(/new decisions are refused/, {
    runbook: 'disk-full',
    env: { AEGIS_SIEM_DISK_RESERVE_BYTES: String(1024 ** 4) },
  });
});

test('a setting that cannot be read ends with 2 before anything is looked at', async () => {
  const { code, error } = await doctor([], { AEGIS_SIEM_PORT: 'eighty' });
  assert.equal(code, 2);
  assert.match(error, /AEGIS_SIEM_PORT: must be a whole number/);
});

// The last one here: what it leaves is found from now on.
test('finds events that the SIEM refused for good', async () => {
  const service = await installation.start();
  let first: string | undefined;
  splunk.refuse({
    matches: ({ metadata }) => {
      const text = JSON.stringify(metadata);
      first ??= text;
      return text === first;
    },
    code: 6,
    withNumber: true,
  });
  const events = splunk.events().length;
  await record(service.url, installation.key(), 7, 3);
  await splunk.waitFor(events + 2);
  splunk.refuse(undefined);
  await splunk.waitFor(events + 3);
  await service.stop();
  await findsOnly(/1 dead letters wait for a decision/, { status: 'warn', runbook: 'poison-event' });
});

test('looks at PostgreSQL: reachable, schema, a trigger that is switched off', async () => {
  const postgres = await usePostgres();
  const env = { AEGIS_SIEM_STORE: postgres.url, AEGIS_SIEM_KEY_FILE: installation.file('master-key') };
  const before = wrong(await doctor(['--json'], env));
  assert.match(cell(before[0]?.['message']), /schema is at version 0/);
  assert.equal((await runCommand(['migrate'], { env: { AEGIS_SIEM_STORE: postgres.url } })).code, 0);
  const sound = await doctor(['--json'], env);
  assert.deepEqual(wrong(sound), []);
  assert.match(sound.out, /"clock",\s+"subject": null,\s+"status": "ok"/);
  const { Client } = await import('pg');
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(
    'alter table aegis_siem_attestations disable trigger aegis_siem_attestations_append_only',
  );
  await client.end();
  const after = wrong(await doctor(['--json'], env));
  assert.match(
    cell(after[0]?.['message']),
    /switched off|disabled in the database: aegis_siem_attestations_append_only/,
  );
  await postgres.close();
  const gone = wrong(await doctor(['--json'], env));
  assert.equal(gone[0]?.['runbook'], 'docs/operations/database-failover.md');
  assert.ok(!JSON.stringify(gone).includes(new URL(postgres.url).password), 'no password is shown');
});
