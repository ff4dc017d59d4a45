import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../../test/cli/run-command.ts';
import type { JsonObject } from '../../json.ts';
import { eventFingerprint } from '../../proof/event-fingerprint.ts';
import { validateEvent } from '../../ocsf/validate-event.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', '..', 'examples', 'attestations.ndjson');
const LINES = readFileSync(EXAMPLES, 'utf8').trimEnd().split('\n');
const [FIRST = '', SECOND = ''] = LINES;

function linesOf(out: string): readonly string[] {
  return out === '' ? [] : out.trimEnd().split('\n');
}

test('maps every example to an event that the validator accepts', async () => {
  const { code, out, error } = await runCommand(['map', EXAMPLES]);
  assert.equal(code, 0);
  assert.equal(error, '');
  const events = linesOf(out).map((line) => JSON.parse(line) as { metadata: { uid: string } });
  assert.equal(events.length, LINES.length);
  assert.deepEqual(
    events.map(({ metadata }) => metadata.uid),
    LINES.map((line) => (JSON.parse(line) as { attestation_id: string }).attestation_id),
  );
  for (const event of events) assert.deepEqual(validateEvent(event), []);
});

test('one object, a pretty-printed one, an array and NDJSON give the same', async () => {
  const pretty = JSON.stringify(JSON.parse(FIRST), null, 2);
  const one = (await runCommand(['map'], { stdin: FIRST })).out;
  assert.equal(linesOf(one).length, 1);
  assert.equal((await runCommand(['map', '-'], { stdin: pretty })).out, one);
  assert.equal((await runCommand(['map'], { stdin: `[${FIRST}]` })).out, one);
  const two = (await runCommand(['map'], { stdin: `[${FIRST},${SECOND}]` })).out;
  assert.equal((await runCommand(['map'], { stdin: `${FIRST}\r\n\n${SECOND}\n` })).out, two);
});

test('a refused line is told by number, code and pointer; the others are still written', async () => {
  const bad = JSON.stringify({ ...(JSON.parse(SECOND) as object), verdict: 'maybe' });
  const stdin = [FIRST, bad, '{"broken', SECOND].join('\n');
  const { code, out, error } = await runCommand(['map'], { stdin });
  assert.equal(code, 1);
  assert.equal(linesOf(out).length, 2);
  const told = error.trimEnd().split('\n');
  assert.equal(told.length, 2, error);
  assert.match(told[0] ?? '', /^line 2: unknown_verdict at \/verdict: /);
  assert.match(told[1] ?? '', /^line 3: \w+: |^line 3: \w+ at /);
});

test('nothing at all is refused', async () => {
  const { code, out, error } = await runCommand(['map'], { stdin: '' });
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.notEqual(error, '');
});

test('map | validate holds for the examples', async () => {
  const events = (await runCommand(['map', EXAMPLES])).out;
  const { code, out, error } = await runCommand(['validate'], { stdin: events });
  assert.equal(code, 0, out);
  assert.equal(out, '');
  assert.equal(error, `${LINES.length} valid, 0 invalid\n`);
});

test('shows the fingerprint of an event, and refuses it at a version that has none', async () => {
  const args = ['map', '--ocsf-version', '1.9.0', '--record-integrity'];
  const { code, out } = await runCommand(args, { stdin: FIRST });
  assert.equal(code, 0);
  const event = JSON.parse(out) as JsonObject;
  assert.deepEqual(validateEvent(event), []);
  const [attestation] = event['attestation_list'] as readonly JsonObject[];
  assert.deepEqual(Object.keys(attestation ?? {}), ['authority_uid', 'fingerprint']);
  assert.equal(
    (attestation?.['fingerprint'] as JsonObject | undefined)?.['value'],
    eventFingerprint(event, 0),
  );
  const refused = await runCommand(['map', '--record-integrity'], { stdin: FIRST });
  assert.equal(refused.code, 2);
  assert.match(refused.error, /OCSF 1\.1\.0 has no such profile; add --ocsf-version 1\.9\.0/);
});

test('validate tells line, path and code of each finding, and ends with 1', async () => {
  const event = JSON.parse((await runCommand(['map'], { stdin: FIRST })).out) as object;
  const broken = JSON.stringify({ ...event, severity_id: 'high', colour: 'red' });
  const stdin = `${JSON.stringify(event)}\n${broken}\nnot json\n`;
  const { code, out, error } = await runCommand(['validate'], { stdin });
  assert.equal(code, 1);
  assert.match(out, /^line 2: severity_id: .* \(\w+\)$/m);
  assert.match(out, /^line 2: colour: .* \(\w+\)$/m);
  assert.match(out, /^line 3: /m);
  assert.doesNotMatch(out, /^line 1:/m);
  assert.equal(error, '1 valid, 2 invalid\n');

  const asJson = await runCommand(['validate', '--json'], { stdin });
  const findings = linesOf(asJson.out).map((line) => JSON.parse(line) as { line: number; path: string });
  assert.ok(findings.some(({ line, path }) => line === 2 && path === 'colour'));
});

test('validate --ocsf-version refuses an event of another version', async () => {
  const event = (await runCommand(['map'], { stdin: FIRST })).out;
  assert.equal((await runCommand(['validate', '--ocsf-version', '1.1.0'], { stdin: event })).code, 0);
  const { code, out } = await runCommand(['validate', '--ocsf-version', '9.9.9'], { stdin: event });
  assert.equal(code, 1);
  assert.match(out, /metadata\.version/);
});

test('reads a file that holds a pretty-printed array', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-test-'));
  try {
    const file = join(folder, 'two.json');
    writeFileSync(file, JSON.stringify([JSON.parse(FIRST), JSON.parse(SECOND)], null, 2));
    const { code, out } = await runCommand(['map', file]);
    assert.equal(code, 0);
    assert.equal(linesOf(out).length, 2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
