/** `preview` against the real service and a fake Splunk. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Installation } from '../../../test/api/installation.ts';
import { type CommandResult, runCommand } from '../../../test/cli/run-command.ts';
import { type FakeSplunk, startFakeSplunk } from '../../../test/fake-splunk/fake-splunk.ts';
import { attestationText, SMALLEST_ATTESTATION } from '../../../test/support/valid-attestation.ts';
import type { RunningService } from '../../service.ts';

const RECORD = attestationText({ agent_id: 'agent-of-the-preview' });

const installation = new Installation();
let service: RunningService;
let splunk: FakeSplunk;

before(async () => {
  splunk = await startFakeSplunk({});
  service = await installation.start();
  const config = installation.file('splunk.json');
  writeFileSync(config, JSON.stringify({ url: splunk.url }));
  const argv = ['destinations', 'create', '--name', 'quiet', '--type', 'splunk_hec', '--disabled'];
  const workspace = ['--workspace', SMALLEST_ATTESTATION.workspace_id];
  const made = await run(
    [...argv, ...workspace, '--config', config, '--credentials', '-'],
    JSON.stringify({ token: splunk.token }),
  );
  assert.equal(made.code, 0, made.error);
});
after(async () => {
  await service.stop();
  await splunk.close();
  installation.remove();
});

function run(argv: readonly string[], stdin?: string): Promise<CommandResult> {
  const env = { AEGIS_SIEM_URL: service.url, AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key') };
  return runCommand(argv, { env, ...(stdin === undefined ? {} : { stdin }) });
}

test('shows method, address, headers and body on stdout, what to know on stderr, and sends nothing', async () => {
  const { code, out, error } = await run(['preview', 'quiet'], RECORD);
  assert.equal(code, 0, error);
  const [first, ...rest] = out.trimEnd().split('\n');
  assert.equal(first, `POST ${splunk.url}/services/collector/event`);
  assert.ok(rest.includes('authorization: Splunk [hidden]'), out);
  const envelope = JSON.parse(rest.at(-1) ?? '') as { event: { metadata: { uid: string } } };
  assert.equal(envelope.event.metadata.uid, SMALLEST_ATTESTATION.attestation_id);
  assert.match(error, /next one of the stream/);
  assert.match(error, /The destination is disabled/);
  assert.equal(splunk.requests().length, 0);
  assert.ok(!out.includes(splunk.token));
});

test('tries settings of a file, and ends with 1 where nothing would be sent', async () => {
  const file = installation.file('try.json');
  writeFileSync(file, JSON.stringify({ redaction: [{ fields: ['agent_id'], action: 'mask' }] }));
  const record = installation.file('record.json');
  writeFileSync(record, RECORD);
  const masked = await run(['preview', 'quiet', record, '--settings', file]);
  assert.equal(masked.code, 0, masked.error);
  assert.match(masked.out, /"redacted":\[\{"field":"agent_id","action":"mask","count":1\}\]/);
  assert.ok(!masked.out.includes('agent-of-the-preview'));
  writeFileSync(file, JSON.stringify({ filter: { verdicts: ['allow'] } }));
  const left = await run(['preview', 'quiet', record, '--settings', file]);
  assert.deepEqual([left.code, left.out], [1, '']);
  assert.match(left.error, /^the filter of the destination leaves it out/);
  writeFileSync(file, JSON.stringify({ redaction: [{ fields: ['agent_id'], action: 'hash' }] }));
  const held = await run(['preview', 'quiet', record, '--settings', file, '--json']);
  assert.equal(held.code, 1);
  assert.equal((JSON.parse(held.out) as { error: { code: string } }).error.code, 'redaction_key_missing');
});

test('takes one attestation: recorded, from a file or from stdin', async () => {
  const id = SMALLEST_ATTESTATION.attestation_id;
  assert.match((await run(['preview', 'quiet', '--attestation', id])).error, /not_found/);
  assert.equal((await run(['attest'], RECORD)).code, 0);
  const stored = await run(['preview', 'quiet', '--attestation', id]);
  assert.equal(stored.out, (await run(['preview', 'quiet', '-'], RECORD)).out);
  const both = await run(['preview', 'quiet', 'x.json', '--attestation', id]);
  assert.deepEqual([both.code, /either FILE or --attestation/.test(both.error)], [2, true]);
  const two = await run(['preview', 'quiet'], `${RECORD}\n${RECORD}\n${RECORD}\n`);
  assert.deepEqual([two.code, /of one attestation/.test(two.error)], [2, true]);
  const refused = await run(['preview', 'quiet'], RECORD.replace('"deny"', '"maybe"'));
  assert.deepEqual([refused.code, /unknown_verdict.*\/attestation\/verdict/.test(refused.error)], [1, true]);
});
