/** The commands that talk to a service, against the real one and a fake Splunk. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ServiceReply } from '../../../test/api/call-service.ts';
import { Installation } from '../../../test/api/installation.ts';
import { type CommandResult, runCommand } from '../../../test/cli/run-command.ts';
import { type FakeSplunk, startFakeSplunk } from '../../../test/fake-splunk/fake-splunk.ts';
import { sendRaw } from '../../../test/security/bad-inputs/send-raw.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import type { RunningService } from '../../service.ts';
import { readPublicKey } from '../../proof/checkpoint-key.ts';
import { asItems, asObject, cell } from '../output.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', '..', 'examples', 'attestations.ndjson');
const LINES = readFileSync(EXAMPLES, 'utf8')
  .trimEnd()
  .split('\n')
  .slice(0, 12)
  .map((line) => JSON.stringify({ ...(JSON.parse(line) as JsonObject), workspace_id: 'ws-cli' }));

const installation = new Installation();
let service: RunningService;
let splunk: FakeSplunk;

before(async () => {
  splunk = await startFakeSplunk({});
  service = await installation.start();
});
after(async () => {
  await service.stop();
  await splunk.close();
  installation.remove();
});

/** Runs a command against the service; its key comes from the file, as on the machine of the service. */
function run(argv: readonly string[], stdin?: string, terminal = false): Promise<CommandResult> {
  const env = { AEGIS_SIEM_URL: service.url, AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key') };
  return runCommand(argv, { env, terminal, ...(stdin === undefined ? {} : { stdin }) });
}

/** A destination that sends nowhere until it is resumed would be sent to at once: each test takes its own name. */
async function create(name: string, token = splunk.token): Promise<CommandResult> {
  const config = installation.file(`${name}.json`);
  writeFileSync(config, JSON.stringify({ url: splunk.url }));
  return run(
    [
      'destinations',
      'create',
      '--name',
      name,
      '--workspace',
      'ws-cli',
      '--type',
      'splunk_hec',
      '--config',
      config,
      '--credentials',
      '-',
      // Without the events of its own making, so that what waits can be counted.
      '--sources',
      'attestations, external',
    ],
    JSON.stringify({ token }),
  );
}

test('an empty service says so, and what to do', async () => {
  assert.match((await run(['destinations', 'ls'])).out, /no destination yet.*destinations create/);
  assert.match((await run(['outbox'])).out, /Nothing waits/);
  assert.match((await run(['dead-letters', 'ls'])).out, /no dead letter/);
});

test('create prints the id alone on stdout, and no command ever prints the credential', async () => {
  const made = await create('first');
  assert.equal(made.code, 0, made.error);
  assert.match(made.out, /^[0-9a-f-]{36}\n$/);
  assert.match(made.error, /destinations test first/);
  const listed = await run(['destinations', 'ls']);
  assert.match(listed.out, /^NAME +TYPE +STATE[^\n]*\nfirst +splunk_hec +active/);
  const shown = await run(['destinations', 'show', 'first']);
  assert.match(shown.out, /^[^\n{]+\.\n(do: [^\n]+\n)?(see: [^\n]+\n)?\n/, 'the verdict first');
  assert.match(shown.out, /\nhealth\.state +healthy\n/);
  const asJson = await run(['destinations', 'show', made.out.trim(), '--json']);
  assert.equal(objectOf(asJson.out)['name'], 'first');
  for (const { out, error } of [made, listed, shown, asJson]) {
    assert.ok(!`${out}${error}`.includes(splunk.token));
  }
  assert.equal((await run(['destinations', 'rm', 'first'])).code, 0);
});

test('create takes no credential that is not a JSON object, and does not repeat it', async () => {
  const config = installation.file('c.json');
  writeFileSync(config, '{"url":"https://splunk.example.com:8088"}');
  const result = await run(
    [
      'destinations',
      'create',
      '--name',
      'x',
      '--workspace',
      'w',
      '--type',
      'splunk_hec',
      '--config',
      config,
      '--credentials',
      '-',
    ],
    'hunter2-is-not-json',
  );
  assert.equal(result.code, 2);
  assert.match(result.error, /--credentials: - is not JSON/);
  assert.doesNotMatch(result.error, /hunter2/);
});

test('a refusal of the service ends with 1 and shows its code', async () => {
  const config = installation.file('private.json');
  writeFileSync(config, '{"url":"https://10.1.2.3:8088"}');
  const argv = ['destinations', 'create', '--name', 'p', '--workspace', 'w', '--type', 'splunk_hec'];
  const result = await run([...argv, '--config', config, '--credentials', '-'], '{"token":"t0ken-abc"}');
  assert.equal(result.code, 1, result.error);
  assert.match(result.error, /^aegis-siem: address_refused: /);
});

test('a wrong key ends with 4', async () => {
  const env = { AEGIS_SIEM_URL: service.url, AEGIS_SIEM_API_KEY: 'aegis_wrong' };
  const result = await runCommand(['outbox'], { env });
  assert.equal(result.code, 4);
  assert.match(result.error, /unauthenticated/);
});

test('destinations test tells a good token from a bad one', async () => {
  await create('good');
  await create('bad', '00000000-0000-4000-8000-000000000000');
  const good = await run(['destinations', 'test', 'good']);
  assert.equal(good.code, 0, good.out);
  assert.doesNotMatch(good.out, /see: /, 'what went well needs no page');
  const bad = await run(['destinations', 'test', 'bad']);
  assert.equal(bad.code, 1);
  assert.match(bad.out, /token/);
  assert.match(bad.out, /^see: docs\/operations\/token-expired\.md$/m);
  for (const name of ['good', 'bad']) await run(['destinations', 'rm', name]);
});

test('attest records, counts duplicates, and tells refused lines apart from recorded ones', async () => {
  const [bad = '', ...good] = LINES;
  const stdin = [...good.slice(0, 5), bad.replace(/"verdict":"\w+"/, '"verdict":"maybe"'), '{'].join('\n');
  const first = await run(['attest'], stdin);
  assert.equal(first.code, 1);
  assert.match(first.error, /^line 6: unknown_verdict at \/verdict: /m);
  assert.match(first.error, /^line 7: /m);
  assert.match(first.error, /5 recorded/);
  assert.match(first.error, /2 rejected/);
  const again = await run(['attest', '--json'], good.slice(0, 5).join('\n'));
  assert.equal(again.code, 0, again.error);
  assert.match(again.error, /^5 duplicate\n$/);
  const results = again.out.trimEnd().split('\n');
  assert.equal(results.length, 5);
  assert.equal(objectOf(results[0] ?? '')['status'], 'duplicate');
});

test('attest answers in the order of the input, refused ones and an id that is taken included', async () => {
  const [taken = '', other = ''] = LINES.slice(1, 3);
  const { attestation_id: id } = JSON.parse(taken) as { attestation_id: string };
  const changed = taken.replace('"tool_name":"', '"tool_name":"x');
  const { code, out, error } = await run(['attest', '--json'], `{"a":1}\n${changed}\n${other}\n`);
  assert.equal(code, 1, error);
  const results = out.trimEnd().split('\n').map(objectOf);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'duplicate'],
  );
  assert.equal(results[1]?.['attestation_id'], id);
  assert.match(error, /^line 2: id_conflict/m);
});

test('attest --store records without a service and without a key', async () => {
  const store = `sqlite:${installation.file('direct.db')}`;
  const stdin = `${LINES.slice(0, 3).join('\n')}\n{"broken\n`;
  const first = await runCommand(['attest', '--store', store], { stdin });
  assert.equal(first.code, 1, first.error);
  assert.match(first.error, /^line 4: /m);
  assert.match(first.error, /^3 recorded, 1 rejected$/m);
  const again = await runCommand(['attest', '--store', store], { stdin: LINES.slice(0, 3).join('\n') });
  assert.deepEqual([again.code, again.error], [0, '3 duplicate\n']);
  const changed = (LINES[0] ?? '').replace('"tool_name":"', '"tool_name":"x');
  const conflict = await runCommand(['attest', '--store', store], { stdin: changed });
  assert.equal(conflict.code, 1);
  assert.match(conflict.error, /^record 1: id_conflict at \/attestation_id/);
});

test('attest --store says what is wrong with a store', async () => {
  const unknown = await runCommand(['attest', '--store', 'mysql://u:hunter2@db/x'], {
    stdin: LINES[0] ?? '',
  });
  assert.equal(unknown.code, 2);
  assert.doesNotMatch(unknown.error, /hunter2/);
  const gone = await runCommand(['attest', '--store', 'postgres://u:hunter2@127.0.0.1:1/x'], { stdin: '' });
  assert.equal(gone.code, 3);
  assert.doesNotMatch(gone.error, /hunter2/);
});

test('pause keeps rows and resume sends them; rm refuses while rows wait', async () => {
  assert.equal((await create('held')).code, 0);
  assert.match((await run(['destinations', 'pause', 'held'])).out, /^held: paused\n$/);
  assert.equal((await run(['attest'], LINES.slice(6, 9).join('\n'))).code, 0);
  const open = await run(['outbox', '--json']);
  assert.equal(asItems(objectOf(open.out)['items']).length, 3);
  const table = await run(['outbox', '--limit', '2']);
  assert.match(table.out, /^STATUS +DESTINATION[^\n]*\npending +held/);
  assert.match(table.error, /^more: --cursor \S+\n$/);
  const refused = await run(['destinations', 'rm', 'held']);
  assert.equal(refused.code, 1);
  assert.match(refused.error, /destination_busy/);
  const before = splunk.events().length;
  assert.match((await run(['destinations', 'resume', 'held'])).out, /^held: active\n$/);
  await splunk.waitFor(before + 3);
});

test('rm --skip-open needs a reason, and then skips what waits', async () => {
  assert.equal((await create('leaving')).code, 0);
  await run(['destinations', 'pause', 'leaving']);
  await run(['attest'], LINES.slice(9, 11).join('\n'));
  assert.equal((await run(['destinations', 'rm', 'leaving', '--skip-open'])).code, 2);
  const remove = ['destinations', 'rm', 'leaving', '--skip-open', '--reason', 'replaced'];
  const asked = await run(remove);
  assert.equal(asked.code, 2, asked.error);
  assert.match(asked.error, /2 deliveries .* would be skipped for ever.*--yes/s);
  const no = await run(remove, 'no\n', true);
  assert.equal(no.code, 1, no.error);
  assert.equal((await run(['destinations', 'show', 'leaving'])).code, 0);
  const gone = await run(remove, 'yes\n', true);
  assert.equal(gone.code, 0, gone.error);
  const missing = await run(['destinations', 'show', 'leaving']);
  assert.equal(missing.code, 1);
  assert.match(missing.error, /no destination is named "leaving"/);
});

test('dead letters are listed, tried again and given up', async () => {
  assert.equal((await create('strict')).code, 0);
  const [line = ''] = LINES.slice(11);
  const { attestation_id: id } = JSON.parse(line) as { attestation_id: string };
  splunk.refuse({
    matches: (event) => asObject(event['metadata'])['uid'] === id,
    code: 6,
    withNumber: true,
  });
  await run(['attest'], line);
  const destination = (await run(['destinations', 'show', 'strict', '--json'])).out;
  const destinationId = cell(objectOf(destination)['destination_id']);
  const listed = await untilDeadLetter(destinationId);
  const deadLetter = cell(listed['dead_letter_id']);
  const dry = await run(['dead-letters', 'retry', '--destination', destinationId, '--dry-run']);
  assert.equal(dry.out, `${deadLetter}\n`);
  assert.equal(dry.error, 'would retry: 1\n');
  const told = await run(['destinations', 'show', 'strict']);
  assert.match(told.out, /^Complete but for 1 dead letter[^\n]*\ndo: Look at the dead letter: /);
  const skipped = await run(['dead-letters', 'skip', deadLetter, '--reason', 'test data']);
  assert.equal(skipped.code, 0, skipped.error);
  assert.match((await run(['dead-letters', 'ls', '--status', 'skipped'])).out, /skipped/);
  splunk.refuse(undefined);
});

test('replay says what it would do, sends again in the background, and can be followed', async () => {
  assert.equal((await create('again')).code, 0);
  const lines = LINES.slice(2, 5).map((line, index) =>
    JSON.stringify({
      ...(JSON.parse(line) as JsonObject),
      attestation_id: `0193476d-3f10-7a51-8c3e-5a8d0c1b2f0${index}`,
    }),
  );
  const before = splunk.events().length;
  assert.equal((await run(['attest'], lines.join('\n'))).code, 0);
  await splunk.waitFor(before + 3);

  const range = ['replay', 'start', 'again', '--from', '2020-01-01T00:00:00Z'];
  const none = await run(['replay', 'start', 'again']);
  assert.deepEqual([none.code, (await run([...range, '--rate', 'fast'])).code], [2, 2]);
  assert.match(none.error, /--missing-since/);
  const delivered = await untilDelivered(3);
  const dry = await run([...range, '--dry-run']);
  assert.equal(dry.code, 0, dry.error);
  assert.match(dry.out, new RegExp(`^records +${delivered.records}$`, 'm'));
  assert.match(dry.out, /^delivered before +3$/m);
  assert.match(dry.error, /nothing was begun/);

  const started = await run([...range, '--rate', '1000', '--reason', 'test', '--json']);
  const replay = asObject(objectOf(started.out)['replay']);
  const replayId = cell(replay['replay_id']);
  const done = await untilEnded(replayId);
  assert.deepEqual(
    [done['status'], asObject(done['progress'])['remaining']],
    ['finished', 0],
    JSON.stringify(done),
  );
  const shown = await run(['replay', 'show', replayId]);
  assert.match(shown.out, /^status +finished$/m);
  assert.match(shown.out, /^selection +kind range, from 2020-01-01/m);
  const listed = await run(['replay', 'ls']);
  assert.match(listed.out, new RegExp(`^REPLAY[^\\n]*\\n${replayId} +finished +request`));
  const late = await run(['replay', 'cancel', replayId]);
  assert.deepEqual([late.code, /replay_ended/.test(late.error)], [1, true]);
  assert.equal((await run(['destinations', 'rm', 'again'])).code, 0);
});

test('a paused replay waits until it is resumed', async () => {
  assert.equal((await create('later')).code, 0);
  await run(['destinations', 'pause', 'later']);
  const [line = ''] = LINES.slice(5);
  const { attestation_id: id } = JSON.parse(line) as { attestation_id: string };
  const started = await run(['replay', 'start', 'later', '--attestation', id, '--attestation', 'nonsense']);
  assert.equal(started.code, 0, started.error);
  assert.match(started.out, /^unknown attestations +\S+/m);
  const replayId = started.out.trimEnd().split('\n').at(-1) ?? '';
  assert.equal((await run(['replay', 'pause', replayId])).out, 'paused\n');
  assert.equal((await run(['replay', 'resume', replayId])).out, 'running\n');
  assert.equal((await run(['replay', 'cancel', replayId])).out, 'cancelled\n');
  assert.equal(
    (await run(['destinations', 'rm', 'later', '--skip-open', '--reason', 'test', '--yes'])).code,
    0,
  );
});

test('API keys are made (shown once), listed and revoked', async () => {
  const made = await run([
    'api-keys',
    'create',
    'viewer',
    '--scope',
    'destinations:read',
    '--workspace',
    'w',
  ]);
  assert.equal(made.code, 0, made.error);
  assert.match(made.out, /^aegis_[0-9a-f]{32}_/);
  const id = /made (\S+);/.exec(made.error)?.[1] ?? '';
  const listed = await run(['api-keys', 'ls']);
  assert.match(listed.out, new RegExp(`${id} +viewer +w +no end`));
  assert.ok(!listed.out.includes(made.out.trim()));
  assert.equal((await run(['api-keys', 'revoke', id])).code, 0);
  assert.match((await run(['api-keys', 'ls'])).out, new RegExp(`${id} +viewer +w +revoked`));
  assert.equal((await run(['api-keys', 'create', 'nothing'])).code, 2);
});

test('who is signed in is listed, and signed out by an administrator', async () => {
  assert.equal((await run(['sessions', 'ls'])).out, 'Nobody is signed in.\n');
  const signIn = (): Promise<ServiceReply> =>
    sendRaw(service.url, {
      method: 'POST',
      path: '/v1/session',
      headers: {
        'content-type': 'application/json',
        'x-aegis-csrf': '1',
        origin: service.url,
      },
      body: JSON.stringify({ api_key: installation.key() }),
    });
  assert.equal((await signIn()).status, 201);
  const listed = await run(['sessions', 'ls']);
  const actor = /^(api_key:\S+) /m.exec(listed.out)?.[1] ?? '';
  assert.notEqual(actor, '', listed.out);
  assert.equal((await run(['sessions', 'ls', '--actor', 'nobody'])).out, 'Nobody is signed in.\n');
  assert.equal((await run(['sessions', 'end', 'nobody'])).out, '0 sessions ended\n');
  assert.equal((await run(['sessions', 'end', actor])).out, '1 sessions ended\n');
  await signIn();
  assert.equal((await run(['sessions', 'end', '--everyone'])).out, '1 sessions ended\n');
  for (const words of [
    ['sessions', 'end'],
    ['sessions', 'end', actor, '--everyone'],
  ])
    assert.equal((await run(words)).code, 2);
});

test('openapi prints the document', async () => {
  const { code, out } = await run(['openapi']);
  assert.equal(code, 0);
  assert.match(cell(objectOf(out)['openapi']), /^3\./);
});

function objectOf(text: string): JsonObject {
  return asObject(JSON.parse(text) as JsonValue);
}

/** Asks what would be sent again until so many of it were delivered before. */
async function untilDelivered(count: number): Promise<{ readonly records: number }> {
  const deadline = AbortSignal.timeout(10_000);
  const argv = ['replay', 'start', 'again', '--from', '2020-01-01T00:00:00Z', '--dry-run', '--json'];
  for (;;) {
    deadline.throwIfAborted();
    const effect = asObject(objectOf((await run(argv)).out)['effect']);
    if (effect['expected_duplicates'] === count) return { records: Number(effect['records']) };
  }
}

async function untilEnded(replayId: string): Promise<JsonObject> {
  const deadline = AbortSignal.timeout(20_000);
  for (;;) {
    deadline.throwIfAborted();
    const shown = objectOf((await run(['replay', 'show', replayId, '--json'])).out);
    if (shown['status'] !== 'running') return shown;
  }
}

async function untilDeadLetter(destinationId: string): Promise<JsonObject> {
  const deadline = AbortSignal.timeout(10_000);
  for (;;) {
    deadline.throwIfAborted();
    const { out } = await run(['dead-letters', 'ls', '--destination', destinationId, '--json']);
    const [first] = asItems(objectOf(out)['items']);
    if (first !== undefined) return first;
  }
}

test('keys checkpoint writes the public key alone, and keys rotate makes the one that signs from now on', async () => {
  const first = await run(['keys', 'checkpoint']);
  assert.equal(first.code, 0, first.error);
  assert.match(first.out, /^-----BEGIN PUBLIC KEY-----\n[\s\S]+-----END PUBLIC KEY-----\n$/);
  const { keyId } = readPublicKey(first.out);
  assert.match(first.error, new RegExp(`^key ${keyId} of \\S+: signs\\n$`));

  const rotated = await run(['keys', 'rotate']);
  assert.equal(rotated.code, 0, rotated.error);
  const next = readPublicKey(rotated.out);
  assert.notEqual(next.keyId, keyId);
  const both = await run(['keys', 'checkpoint', '--json']);
  const items = asItems(objectOf(both.out)['items']).map(asObject);
  assert.deepEqual(
    items.map((item) => [item['key_id'], item['signs']]),
    [
      [next.keyId, true],
      [keyId, false],
    ],
  );
  assert.doesNotMatch(both.out, /PRIVATE/);
  assert.equal(readPublicKey((await run(['keys', 'checkpoint'])).out).keyId, next.keyId);
});

test('audit lists who changed what, by subject and action', async () => {
  const words = ['api-keys', 'create', 'audited', '--scope', 'audit:read', '--workspace', 'ws-cli'];
  const made = await run([...words, '--json']);
  assert.equal(made.code, 0, made.error);
  const id = cell(asObject(JSON.parse(made.out) as JsonValue)['api_key_id']);
  const found = await run(['audit', '--subject', id, '--action', 'api_key.created']);
  assert.match(found.out, /^TIME +ACTOR +ACTION +SUBJECT +WORKSPACE\n/);
  assert.match(found.out, new RegExp(`api_key\\.created +${id} +ws-cli\\n$`));
  const none = await run(['audit', '--subject', id, '--action', 'api_key.revoked']);
  assert.match(none.error + none.out, /Nothing in the audit trail matches/);
});
