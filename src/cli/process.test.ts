/** What only a real process shows: signals, pipes that close, ports that are taken. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { spawnCommand } from '../../test/cli/run-command.ts';
import { startServiceProcess } from '../../test/support/service-process.ts';
import { cleanEnvironment } from '../../test/support/clean-environment.ts';

const CLI = join(import.meta.dirname, '..', 'cli.ts');
const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples', 'attestations.ndjson');

function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'aegis-siem-cli-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

test('serve prints one line with its address, answers there, and ends with 0 on SIGTERM', async () => {
  using folder = temporaryFolder();
  const service = await startServiceProcess({ folder: folder.path, env: { AEGIS_SIEM_LOG_LEVEL: 'silent' } });
  const answer = await service.call('GET', '/healthz');
  assert.equal(answer.status, 200);
  assert.equal(await service.end('SIGTERM'), 0);
  assert.equal(service.output().match(/listening on http:\/\/127\.0\.0\.1:\d+\n/g)?.length, 1);
});

test('serve on a port in use ends with 3 and names the port', async () => {
  using folder = temporaryFolder();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, error } = await spawnCommand(['serve', '--port', String(port)], {
    env: { AEGIS_SIEM_STORE: `sqlite:${join(folder.path, 'a.db')}`, AEGIS_SIEM_LOG_LEVEL: 'silent' },
  });
  other.close();
  assert.equal(code, 3, error);
  assert.match(error, new RegExp(`AEGIS_SIEM_PORT: ${port} on 127\\.0\\.0\\.1 is in use`));
  assert.doesNotMatch(error, /\n {4}at /, 'no stack');
});

test('migrate says what it did, and the second time that there is nothing to do', async () => {
  using folder = temporaryFolder();
  const argv = ['migrate', '--store', `sqlite:${join(folder.path, 'a.db')}`];
  const first = await spawnCommand(argv);
  assert.equal(first.code, 0, first.error);
  assert.match(first.out, /^from version 0 to \d+: /);
  assert.match((await spawnCommand(argv)).out, /^nothing to do: the schema is at version \d+\n$/);
});

test(
  'output that cannot be written ends the command with 3 and says so',
  { skip: existsSync('/dev/full') ? false : 'needs /dev/full' },
  async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [CLI, 'map', EXAMPLES], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    const exited = once(child, 'exit');
    const error = await child.stderr?.toArray();
    assert.equal((await exited)[0], 3);
    assert.match(Buffer.concat(error ?? []).toString(), /the output cannot be written \(ENOSPC\)/);
  },
);

test('a reader that goes away ends the command quietly', async () => {
  const child = spawn(process.execPath, [CLI, 'map', EXAMPLES], { stdio: ['ignore', 'pipe', 'pipe'] });
  let error = '';
  child.stderr.on('data', (chunk: Buffer) => {
    error += chunk.toString('utf8');
  });
  child.stdout.destroy();
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(error, '');
  assert.equal(code, 0);
});

test('the worker ends with 0 on SIGINT', async () => {
  using folder = temporaryFolder();
  const child = spawn(process.execPath, [CLI, 'worker', '--log-level', 'silent'], {
    env: { ...cleanEnvironment(), AEGIS_SIEM_STORE: `sqlite:${join(folder.path, 'a.db')}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await said(child, /^delivering$/m);
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'close'), [0, null]);
});

test('a second signal ends at once what the first one cannot', async () => {
  using folder = temporaryFolder();
  const service = await startServiceProcess({
    folder: folder.path,
    env: { AEGIS_SIEM_STOP_GRACE_SECONDS: '600' },
  });
  // A request that never ends keeps the first stop waiting.
  const { hostname, port } = new URL(service.url);
  const { connect } = await import('node:net');
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write('POST /v1/attestations HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');
  await once(socket, 'connect');
  const stopping = said(service.process, /"msg":"stopping"/);
  service.process.kill('SIGINT');
  await stopping;
  assert.equal(await service.end('SIGINT'), 130);
  socket.destroy();
});

async function said(child: ChildProcess, pattern: RegExp): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    if (pattern.test(text)) resolve();
  });
  child.once('close', () => reject(new Error(`ended before it said ${pattern.source}:\n${text}`)));
  await promise;
}
