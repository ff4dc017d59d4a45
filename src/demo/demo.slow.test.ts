import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { captureIo } from '../../test/cli/capture-io.ts';
import { runCommand, spawnCommand } from '../../test/cli/run-command.ts';
import { startFakeSplunk } from '../../test/fake-splunk/fake-splunk.ts';
import { COMMANDS } from '../cli/commands.ts';
import { runCli } from '../cli/run-cli.ts';
import { validateEvent } from '../ocsf/validate-event.ts';

const TABLE_LINE = /^(?<name>[a-z-]+) +300 +300 +0 +0 +\d+\.\d$/gm;

function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'aegis-siem-test-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

test('the demo ends by itself with status 0, below half a minute, and leaves no folder behind', async () => {
  using folder = temporaryFolder();
  const startedMs = performance.now();
  const { code, out, error } = await spawnCommand(['demo'], { env: { TMPDIR: folder.path } });
  assert.equal(code, 0, error);
  assert.ok(performance.now() - startedMs < 30_000);
  assert.deepEqual(
    [...out.matchAll(TABLE_LINE)].map((match) => match.groups?.['name']),
    ['splunk', 'sentinel', 'sentinel-legacy'],
  );
  assert.match(error, /Splunk goes down/);
  assert.match(error, /waiting: splunk [1-9]\d+/, 'the backlog grows while Splunk is down');
  assert.deepEqual(readdirSync(folder.path), []);
});

test('demo --json reports counts, and an event that the validator accepts', async () => {
  const { code, out, error } = await spawnCommand(['demo', '--json']);
  assert.equal(code, 0, `${out}\n${error}`);
  const report = JSON.parse(out) as {
    complete: boolean;
    destinations: { delivered: number }[];
    event: unknown;
  };
  assert.equal(report.complete, true);
  assert.deepEqual(
    report.destinations.map(({ delivered }) => delivered),
    [300, 300, 300],
  );
  assert.deepEqual(validateEvent(report.event), []);
});

test('demo --splunk-url sends to that Splunk, with the token out of the file', async () => {
  using folder = temporaryFolder();
  await using splunk = await startFakeSplunk({ token: '11111111-2222-4333-8444-555555555555' });
  const tokenFile = join(folder.path, 'token.txt');
  writeFileSync(tokenFile, `${splunk.token}\n`);
  const { code, error } = await runCommand([
    'demo',
    '--splunk-url',
    splunk.url,
    '--splunk-token-file',
    tokenFile,
    '--splunk-index',
    'agents',
  ]);
  assert.equal(code, 0, error);
  assert.equal(splunk.events().length, 300);
  assert.equal(splunk.events()[0]?.envelope['index'], 'agents');
  assert.match(error, /Sentinel goes down/, 'a real Splunk is not taken down');
});

test('a Splunk that takes nothing makes the demo say so and end with status 1', async () => {
  await using splunk = await startFakeSplunk({});
  const { code, out, error } = await runCommand([
    'demo',
    '--splunk-url',
    splunk.url,
    '--splunk-token',
    '00000000-0000-4000-8000-000000000000',
  ]);
  assert.equal(code, 1);
  assert.match(out, /^splunk +300 +0 +- +- +not done$/m);
  assert.match(out, /^sentinel +300 +300 /m);
  assert.match(error, /Not every decision arrived/);
});

test('demo --stay keeps the service up until Ctrl-C, and names its key file', async () => {
  const { promise: staying, resolve } = Promise.withResolvers<string>();
  const io = captureIo({
    onError: (text) => {
      const keyFile = /key is in (?<path>\S+)\./.exec(text)?.groups?.['path'];
      if (keyFile !== undefined) resolve(keyFile);
    },
  });
  const running = runCli(['demo', '--stay'], io, COMMANDS);
  const keyFile = await Promise.race([staying, running.then(() => 'ended')]);
  assert.ok(existsSync(keyFile), io.error());
  io.interrupt();
  assert.equal(await running, 0);
  assert.equal(existsSync(keyFile), false);
});

test('demo --stay on a terminal: Enter takes Splunk down and records on, Enter brings it back', async () => {
  const { promise: back, resolve } = Promise.withResolvers<void>();
  const { promise: enterAgain, resolve: isDown } = Promise.withResolvers<void>();
  const io = captureIo({
    terminal: true,
    onError: (text) => {
      if (text.includes('is down;')) isDown();
      if (io.error().includes('is down;') && text.includes('Splunk is back.')) resolve();
    },
  });
  const typed = {
    ...io,
    stdin: (async function* () {
      yield Buffer.from('\n');
      await enterAgain;
      yield Buffer.from('\n');
    })(),
  };
  const running = runCli(['demo', '--stay'], typed, COMMANDS);
  await Promise.race([back, running]);
  assert.match(io.error(), /Splunk is down; 60 more decisions were recorded meanwhile/);
  assert.match(io.error(), /export AEGIS_SIEM_URL=http:\S+ AEGIS_SIEM_ADMIN_KEY_FILE=\S+admin-key$/m);
  io.interrupt();
  assert.equal(await running, 0);
});
