import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addSplunk, Installation, record } from '../../../test/api/installation.ts';
import { captureIo } from '../../../test/cli/capture-io.ts';
import { runCommand } from '../../../test/cli/run-command.ts';
import { type FakeSplunk, startFakeSplunk } from '../../../test/fake-splunk/fake-splunk.ts';
import type { RunningService } from '../../service.ts';
import { COMMANDS } from '../commands.ts';
import { runCli } from '../run-cli.ts';
import { type DestinationLine, destinationLine } from './destination-line.ts';
import { answer, topScreen } from './top-screen.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const SIZE = { columns: 120, rows: 24 };
const CALM = line({});

function line(health: object, more: object = {}, name = 'splunk'): DestinationLine {
  return destinationLine(
    { name },
    {
      state: 'active',
      health: { state: 'healthy', ...health },
      open_rows: 0,
      dead_letters: 0,
      stream: { epoch: 'e1', next_seq: 101 },
      last_delivered_at: '2026-11-24T11:59:58Z',
      ...more,
    },
  );
}

test('says yes when every destination has everything, and what is missing when not', () => {
  assert.equal(answer([CALM, CALM]), 'Complete? Yes: all 2 have everything.');
  assert.equal(answer([]), 'Complete? No destination takes events.');
  assert.equal(
    answer([CALM, line({ state: 'held' }, { open_rows: 7, oldest_open_age_seconds: 31, dead_letters: 2 })]),
    'Complete? Not yet: 1 of 2 are behind, 2 dead letters wait for a decision. Nothing is lost.',
  );
  assert.match(
    answer([line({}, { oldest_open_age_seconds: 29 })]),
    /Yes/,
    'what has just come is on its way',
  );
});

test('destinations in trouble stand first, with why and what to do', () => {
  const held = line(
    {
      state: 'held',
      reason: 'token_invalid',
      message: 'The token is not known: give a new one.',
      next_try: '2026-11-24T12:01:00Z',
    },
    { open_rows: 10_000, open_rows_at_least: true, oldest_open_age_seconds: 8_000 },
    'zebra',
  );
  const screen = topScreen({ atMs: NOW, destinations: [CALM, held] }, undefined, SIZE);
  const lines = screen.split('\n');
  assert.match(lines[4] ?? '', /^zebra +held +10000\+ +2h +0 +- +2s ago +token_invalid, next try in 60s$/);
  assert.match(lines[5] ?? '', /^splunk +healthy +0 +- +0 +- +2s ago +-$/);
  assert.equal(lines.at(-2), 'zebra: The token is not known: give a new one.');
});

test('the rate is what came between two looks, and none over a change of epoch', () => {
  const look = (atMs: number, seq: number, epoch = 'e1') => ({
    atMs,
    destinations: [line({}, { stream: { epoch, next_seq: seq } })],
  });
  assert.match(topScreen(look(NOW + 2_000, 141), look(NOW, 101), SIZE), / 20\.0 /);
  assert.match(topScreen(look(NOW + 2_000, 5, 'e2'), look(NOW, 101), SIZE), /healthy +0 +- +0 +- /);
});

test('a narrow and a short terminal are never overrun', () => {
  const many = Array.from({ length: 60 }, (_, index) => line({}, {}, `destination-${index}`));
  const screen = topScreen({ atMs: NOW, destinations: many }, undefined, { columns: 40, rows: 20 });
  const lines = screen.trimEnd().split('\n');
  assert.ok(lines.length <= 20, String(lines.length));
  assert.ok(lines.every((text) => text.length <= 40));
  assert.match(screen, /and 48 more/);
});

test('control characters of a name do not reach the terminal', () => {
  const screen = topScreen({ atMs: NOW, destinations: [line({}, {}, 'a\u001b[2Jb')] }, undefined, SIZE);
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
  assert.match(out, /Complete\? Yes: all 1 have everything/);
  assert.match(out, /^splunk +healthy/m);
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
