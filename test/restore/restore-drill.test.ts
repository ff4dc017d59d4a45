/** A backup taken while the service runs is put back after more was delivered; the SIEM's export must prove the whole of it. */
import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { asItems, asObject, cell } from '../../src/cli/output.ts';
import type { JsonValue } from '../../src/json.ts';
import { addSplunk, Installation, record } from '../api/installation.ts';
import { callService } from '../api/call-service.ts';
import { type CommandResult, runCommand } from '../cli/run-command.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { usePostgres } from '../support/postgres.ts';

const CHECKPOINTS = { AEGIS_SIEM_CHECKPOINT_SECONDS: '300' };
const installation = new Installation();
let splunk: FakeSplunk;
let service: { stop(): Promise<void>; readonly url: string } | undefined;
before(async () => {
  splunk = await startFakeSplunk();
});
after(async () => {
  // Where a check failed it still runs, and would keep this process.
  await service?.stop();
  await splunk.close();
  installation.remove();
});

function run(argv: readonly string[], env: Record<string, string> = {}): Promise<CommandResult> {
  return runCommand(argv, { env: installation.env(env) });
}

/** Epochs of the stream in the order in which the SIEM saw them. */
function epochs(): readonly string[] {
  const names = splunk
    .events()
    .map(({ event }) => asObject(asObject(asObject(event['unmapped'])['aegis'])['stream'])['epoch']);
  return [...new Set(names.map(String))];
}

/** Decisions in the SIEM, checkpoints left aside. */
function decisions(): readonly string[] {
  return splunk
    .events()
    .filter(({ event }) => event['class_uid'] !== 0)
    .map(({ event }) => cell(asObject(event['metadata'])['uid']));
}

async function decisionsReach(count: number): Promise<void> {
  while (decisions().length < count) await splunk.waitFor(splunk.events().length + 1);
}

async function verify(file: string): Promise<CommandResult> {
  writeFileSync(
    installation.file(file),
    splunk
      .events()
      .map(({ eventText }) => `${eventText}\n`)
      .join(''),
  );
  return run(['verify', installation.file(file), '--key', installation.file('checkpoint-key.pem'), '--json']);
}

test('a restored backup begins a new epoch, sends what it holds again, and the SIEM proves complete without a fork', async () => {
  service = await installation.start(CHECKPOINTS);
  const key = installation.key();
  await addSplunk(service.url, key, splunk);
  await record(service.url, key, 1, 5);
  await decisionsReach(5);
  const keys = await callService(service.url, key, 'GET', '/v1/siem/checkpoint-keys');
  const [checkpointKey] = asItems((JSON.parse(keys.text) as { items: JsonValue }).items);
  writeFileSync(installation.file('checkpoint-key.pem'), checkpointKey?.['public_key_pem'] as string);

  const backup = await run(['backup', installation.file('backup.db')]);
  assert.equal(backup.code, 0, backup.error);
  assert.match(backup.error, /records up to number \d+, read back and sound\. The master key is not in it/);
  assert.equal(statSync(installation.file('backup.db')).mode & 0o777, 0o600);
  assert.ok(!existsSync(installation.file('backup.db-wal')), 'one file');

  await record(service.url, key, 2, 5);
  await decisionsReach(10);
  const busy = await run(['restore', installation.file('backup.db')]);
  assert.equal(busy.code, 3);
  assert.match(busy.error, /is in use: stop the service first/);
  await service.stop();

  const restored = await run(['restore', installation.file('backup.db')]);
  assert.equal(restored.code, 0, restored.error);
  assert.match(restored.out, /records up to number \d+; 1 streams begin a new epoch/);
  assert.match(restored.error, /what stood there is now .*aegis\.db\.before-restore-/);

  service = await installation.start(CHECKPOINTS);
  await record(service.url, key, 3, 5);
  await decisionsReach(15);
  await service.stop();

  assert.equal(epochs().length, 2);
  assert.equal(new Set(decisions()).size, 15);
  const verdict = await verify('export.ndjson');
  assert.equal(verdict.code, 0, verdict.out);
  // No fault, and one true note: what was recorded after the backup is in the SIEM, and in the store no more.
  assert.doesNotMatch(verdict.out, /"severity": "fault"/);
  assert.match(verdict.out, /the records were put back to an earlier state/);
});

test('the same copy in two places is a fork, and is named: the check above can fail', async () => {
  const twin = new Installation();
  const backup = await runCommand(['backup', twin.file('twin.db')], { env: installation.env() });
  assert.equal(backup.code, 0, backup.error);
  const last = splunk.events().findLast(({ event }) => event['class_uid'] !== 0);
  const forged = String(last?.eventText).replace(/"uid":"[0-9a-f]{8}/, '"uid":"ffffffff');
  const lines = [...splunk.events().map(({ eventText }) => eventText), forged];
  writeFileSync(installation.file('forked.ndjson'), `${lines.join('\n')}\n`);
  const key = installation.file('checkpoint-key.pem');
  const verdict = await run(['verify', installation.file('forked.ndjson'), '--key', key, '--json']);
  assert.equal(verdict.code, 1);
  assert.match(verdict.out, /"(?:fork|edited)"/);
  twin.remove();
});

test('backup overwrites nothing, and restore takes nothing that is no backup', async () => {
  const again = await run(['backup', installation.file('backup.db')]);
  assert.equal(again.code, 3);
  assert.match(again.error, /exists; a backup never overwrites a file/);
  writeFileSync(
    installation.file('text.db'),
    'this is no database, but long enough to be looked at'.repeat(100),
  );
  const bad = await run(['restore', installation.file('text.db')]);
  assert.equal(bad.code, 3);
  assert.ok(existsSync(installation.file('aegis.db')), 'the store is where it was');
  assert.equal((await run(['restore'])).code, 2);
});

test('with PostgreSQL it says how to dump, without the password, and restore makes each stream begin a new epoch', async () => {
  const postgres = await usePostgres();
  const more = {
    AEGIS_SIEM_STORE: postgres.url,
    AEGIS_SIEM_KEY_FILE: installation.file('pg-key'),
    AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('pg-admin'),
  };
  const second = await startFakeSplunk();
  let service = await installation.start({ ...more, ...CHECKPOINTS });
  const { readFileSync } = await import('node:fs');
  const key = readFileSync(installation.file('pg-admin'), 'utf8').trim();
  await addSplunk(service.url, key, second);
  await record(service.url, key, 1, 3);
  await second.waitFor(3);
  await service.stop();
  const dump = await run(['backup', '/backups/it s.dump'], more);
  assert.equal(dump.code, 1);
  assert.match(dump.out, /^pg_dump --format=custom --file='\/backups\/it s\.dump' 'postgres:/);
  assert.ok(!dump.out.includes(new URL(postgres.url).password));
  const restored = await run(['restore'], more);
  assert.equal(restored.out, '1 streams begin a new epoch\n', restored.error);
  const before = second.events().length;
  service = await installation.start({ ...more, ...CHECKPOINTS });
  await record(service.url, key, 2, 1);
  await second.waitFor(before + 1);
  await service.stop();
  const streams = second
    .events()
    .map(({ event }) => asObject(asObject(asObject(event['unmapped'])['aegis'])['stream']));
  assert.equal(new Set(streams.map(({ epoch }) => cell(epoch))).size, 2);
  await second.close();
  await postgres.close();
});
