import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addSplunk, Installation, record } from '../../../test/api/installation.ts';
import { captureIo } from '../../../test/cli/capture-io.ts';
import { runCommand } from '../../../test/cli/run-command.ts';
import { type FakeSplunk, startFakeSplunk } from '../../../test/fake-splunk/fake-splunk.ts';
import type { JsonObject } from '../../json.ts';
import type { RunningService } from '../../service.ts';
import { COMMANDS } from '../commands.ts';
import { runCli } from '../run-cli.ts';
import { topScreen } from './top-screen.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const SIZE = { columns: 120, rows: 24 };
const COMPLETE = {
  answer: 'complete',
  text: 'All 2 destinations have everything.',
  complete_until: '2026-11-24T12:00:00.000Z',
};
const CALM = item({});

/** A destination of the overview. */
function item(more: JsonObject, name = 'splunk'): JsonObject {
  return {
    name,
    health: { state: 'healthy', reason: null, message: null, next_try: null },
    verdict: { word: 'complete', tone: 'good', text: 'The SIEM has everything.', next_step: null },
    delivered: { numbers_given: 100 },
    waiting: { count: 0, at_least: false, oldest_age_seconds: null },
    dead_letters: { count: 0 },
    rates: { delivered_per_second: 1.5 },
    last_delivered_at: '2026-11-24T11:59:58Z',
    stream: { epoch: 'e1' },
    ...more,
  };
}

function overview(
  destinations: readonly JsonObject[],
  summary: JsonObject = COMPLETE,
  atMs = NOW,
): JsonObject {
  return { at: new Date(atMs).toISOString(), summary, destinations: [...destinations], more: false };
}

test('says what the overview says, and until when nothing is missing where something is', () => {
  assert.match(topScreen(overview([CALM]), undefined, SIZE), /^Complete\? Yes\. All 2 destinations have/m);
  const waiting = {
    answer: 'waiting',
    text: '1 of 2 is behind.',
    complete_until: '2026-11-24T11:58:00.000Z',
  };
  const screen = topScreen(overview([CALM], waiting), undefined, SIZE);
  assert.match(screen, /^Complete\? Not yet\. 1 of 2 is behind\.$/m);
  assert.match(screen, /^What was recorded before 2026-11-24T11:58:00\.000Z is delivered everywhere/m);
  const dead = overview([item({ dead_letters: { count: 2 } })], { ...waiting, answer: 'problem' });
  assert.match(topScreen(dead, undefined, SIZE), /^Complete\? No\.[^]*everywhere, but for dead letters; /m);
  const nothing = { answer: 'nothing', text: 'No destination gets events yet.', complete_until: null };
  assert.match(
    topScreen(overview([], nothing), undefined, SIZE),
    /^Complete\? No destination gets events yet\.$/m,
  );
});

test('destinations in trouble stand first, with what the SIEM said and what to do', () => {
  const throttled = item(
    {
      verdict: { word: 'throttled', tone: 'wait', text: 'The SIEM asks to slow down.', next_step: 'Wait.' },
      health: { message: 'HTTP 503, code 9: Server is busy', next_try: '2026-11-24T12:01:00Z' },
      waiting: { count: 10_000, at_least: true, oldest_age_seconds: 8_000 },
    },
    'zebra',
  );
  const advice = 'The token is not known: give a new one.';
  const held = item(
    {
      verdict: { word: 'held', tone: 'bad', text: 'Held (invalid_token).', next_step: advice },
      health: { message: advice },
    },
    'zoo',
  );
  const lines = topScreen(overview([CALM, throttled, held]), undefined, SIZE)
    .trimEnd()
    .split('\n');
  assert.match(lines[4] ?? '', /^zoo +held +0 +- +0 +1\.5 +2s ago +-$/);
  assert.match(lines[5] ?? '', /^zebra +throttled +10000\+ +2h +0 +1\.5 +2s ago +in 60s$/);
  assert.match(lines[6] ?? '', /^splunk +complete +0 +- +0 +1\.5 +2s ago +-$/);
  assert.deepEqual(lines.slice(-4), [
    'zoo: Held (invalid_token).',
    `  do: ${advice}`,
    'zebra: The SIEM asks to slow down. HTTP 503, code 9: Server is busy',
    '  do: Wait.',
  ]);
});

test('the rate is what came between two looks, and that of the last minutes over a change of epoch', () => {
  const look = (atMs: number, given: number, epoch = 'e1'): JsonObject =>
    overview([item({ delivered: { numbers_given: given }, stream: { epoch } })], COMPLETE, atMs);
  assert.match(topScreen(look(NOW + 2_000, 140), look(NOW, 100), SIZE), / 20\.0 /);
  assert.match(topScreen(look(NOW + 2_000, 5, 'e2'), look(NOW, 100), SIZE), /complete +0 +- +0 +1\.5 /);
});

test('a narrow and a short terminal are never overrun', () => {
  const trouble = { verdict: { word: 'late', tone: 'wait', text: 'Behind.', next_step: 'Wait.' } };
  const many = Array.from({ length: 60 }, (_, index) => item(trouble, `destination-${index}`));
  const waiting = { answer: 'waiting', text: 'Behind.', complete_until: '2026-11-24T11:58:00.000Z' };
  const screen = topScreen(overview(many, waiting), undefined, { columns: 40, rows: 20 });
  const lines = screen.trimEnd().split('\n');
  assert.ok(lines.length <= 20, String(lines.length));
  assert.ok(lines.every((text) => text.length <= 40));
  assert.match(screen, /and 52 more/);
});

test('control characters of a name do not reach the terminal', () => {
  const screen = topScreen(overview([item({}, 'a\u001b[2Jb')]), undefined, SIZE);
  assert.ok(!screen.includes('\u001b'));
});

const installation = new Installation();
let service: RunningService;
let splunk: FakeSplunk;
before(async () => {
  splunk = await startFakeSplunk({});
  service = await installation.start();
  await addSplunk(service.url, installation.key(), splunk);
  await record(service.url, installation.key(), 1, 3);
  await splunk.waitFor(3);
});
after(async () => {
  await service.stop();
  await splunk.close();
  installation.remove();
});

function env(): Record<string, string> {
  return { AEGIS_SIEM_URL: service.url, AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key') };
}

test('--once shows one screen of the running service', async () => {
  const { code, out, error } = await runCommand(['top', '--once'], { env: env() });
  assert.equal(code, 0, error);
  assert.match(out, /Complete\? Yes\. The SIEM has everything/);
  assert.match(out, /^splunk +complete/m);
});

test('on a terminal it goes on until Ctrl-C, and then ends with 0', async () => {
  const io = captureIo({ env: env(), terminal: true });
  let screens = 0;
  const watched = {
    ...io,
    writeOut: async (text: string) => {
      assert.ok(text.startsWith('\u001b[H'), 'each screen replaces the one before');
      screens += 1;
      if (screens === 3) io.interrupt();
      await io.writeOut(text);
    },
  };
  assert.equal(await runCli(['top', '--interval', '0.1'], watched, COMMANDS), 0);
  assert.equal(screens, 3);
});

test('an interval that is none is refused', async () => {
  const { code, error } = await runCommand(['top', '--interval', 'often'], { env: env() });
  assert.equal(code, 2);
  assert.match(error, /--interval: "often" is not a number/);
});
