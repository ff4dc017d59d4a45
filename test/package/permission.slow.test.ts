/** The worker under Node's permission model, as deploy/README.md starts it: it delivers, and can do nothing else. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { addSplunk, Installation, record } from '../api/installation.ts';
import { startFakeSplunk, type FakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { startCliProcess } from '../support/cli-process.ts';
import { usePostgres, type TestPostgres } from '../support/postgres.ts';

const ROOT = realpathSync(join(import.meta.dirname, '..', '..'));
/** Node 24 has no switch for the network: there the network is not restricted. */
const NETWORK = Number(process.versions.node.split('.')[0]) >= 25 ? ['--allow-net'] : [];

let postgres: TestPostgres;
let splunk: FakeSplunk;
before(async () => {
  postgres = await usePostgres();
  splunk = await startFakeSplunk({});
});
after(async () => {
  await splunk.close();
  await postgres.close();
});

/** The switches of deploy/README.md, with the places of this machine. */
function profile(...readable: readonly string[]): readonly string[] {
  const code = [ROOT, realpathSync(join(ROOT, 'node_modules'))];
  return ['--permission', ...NETWORK, ...[...code, ...readable].map((path) => `--allow-fs-read=${path}`)];
}

test('a worker under the profile delivers from PostgreSQL to Splunk', { timeout: 120_000 }, async () => {
  const installation = new Installation();
  const store = {
    AEGIS_SIEM_STORE: postgres.url,
    AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
    AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key'),
  };
  const service = await installation.start({ ...store, AEGIS_SIEM_WORKER: 'off' });
  await addSplunk(service.url, installation.key(), splunk);
  const worker = startCliProcess({
    args: ['worker'],
    env: {
      ...installation.env(store),
      NODE_OPTIONS: profile(installation.file('master-key')).join(' '),
    },
    ready: /delivering/,
  });
  await worker.ready;
  // The profile is in force: without the right to read the key file nothing starts.
  const blind = startCliProcess({
    args: ['worker'],
    env: { ...installation.env(store), NODE_OPTIONS: profile().join(' ') },
    ready: /delivering/,
  });
  assert.equal(await blind.ended, 2, blind.output());
  const ids = await record(service.url, installation.key(), 1, 30);
  await splunk.waitFor(ids.length);
  assert.equal(await worker.end('SIGTERM'), 0, worker.output());
  assert.ok(!/ERR_ACCESS_DENIED/.test(worker.output()), worker.output());
  await service.stop();
  installation.remove();
});

const DENIED: Readonly<Record<string, string>> = {
  'read another file': 'fs.readFileSync("/etc/hostname")',
  'write a file': 'fs.writeFileSync("/tmp/aegis-siem-denied", "x")',
  'write beside its code': `fs.writeFileSync(${JSON.stringify(join(ROOT, 'denied'))}, "x")`,
  'start a program': 'require("node:child_process").spawnSync("true")',
  'start a thread': 'new (require("node:worker_threads").Worker)("1", { eval: true })',
  'load an add-on': 'process.dlopen({ exports: {} }, "/tmp/x.node")',
  'start the inspector': 'require("node:inspector").open(0)',
};

for (const [what, code] of Object.entries(DENIED)) {
  test(`under the profile a process cannot ${what}`, () => {
    const program = `const fs = require("node:fs"); try { ${code}; console.log("done") } catch (error) { console.log(error.code) }`;
    const { stdout, stderr } = spawnSync(process.execPath, [...profile(), '--no-warnings', '-e', program], {
      encoding: 'utf8',
    });
    assert.match(stdout, /^ERR_(ACCESS_DENIED|DLOPEN_DISABLED)\n$/, `${stdout}${stderr}`);
  });
}

test('deploy/README.md and the unit of the worker name the same switches', () => {
  const switches = (path: string): readonly string[] => [
    ...new Set(
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(/^(?!#).*--permission[^`]*/gm)].flatMap(([line]) =>
        [...line.matchAll(/--(?:permission|allow-[a-z-]+)/g)].map(([name]) => name),
      ),
    ),
  ];
  const wanted = ['--permission', '--allow-net', '--allow-fs-read'];
  assert.deepEqual(switches('deploy/aegis-siem-worker.service'), wanted);
  assert.deepEqual(switches('deploy/kubernetes/worker.yaml'), wanted);
  assert.ok(wanted.every((name) => readFileSync(join(ROOT, 'deploy/README.md'), 'utf8').includes(name)));
});
