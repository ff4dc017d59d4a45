/** What `npm pack` makes can be installed into an empty folder and used there, on Node 26 and on Node 24. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, suite, test, type TestContext } from 'node:test';
import { floorNode } from '../../scripts/floor-node.ts';
import { callService } from '../support/call-service.ts';
import { npm, pack, type Packed } from './packed.ts';

/** npm's own words for a registry that cannot be reached: nothing that the package could change. */
const NO_REGISTRY = /E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NOTCACHED)|network/;

/** `import x from 'y'`, `export { x } from 'y'`, `import 'y'` at the start of a line, and `import('y')` anywhere. */
const IMPORT =
  /^(?:import|export)\s+(?:[\w*{}\s,$]+\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

const root = mkdtempSync(join(tmpdir(), 'aegis-siem-package-'));
const home = join(root, 'home');
const ATTESTATION = readFileSync(
  join(import.meta.dirname, '..', '..', 'examples', 'attestations.ndjson'),
  'utf8',
).split('\n', 1)[0];

let first: Packed;
let second: Packed;
let noInstall: string | undefined;

before(() => {
  for (const name of ['a', 'b', 'home']) mkdirSync(join(root, name));
  first = pack(join(root, 'a'));
  second = pack(join(root, 'b'));
  writeFileSync(join(home, 'package.json'), '{"private":true,"type":"module"}\n');
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--omit=dev'];
  const { status, stderr } = npm(['install', ...flags, first.tarball], home);
  if (status === 0) return;
  if (!NO_REGISTRY.test(stderr)) throw new Error(`npm install failed: ${stderr}`);
  noInstall = `the dependencies of the package could not be had from the registry`;
});
after(() => rmSync(root, { recursive: true, force: true }));

test('two packs of the same sources are the same bytes', () => {
  assert.equal(first.sha256, second.sha256);
});

test('the package holds the compiled program and what it reads, and neither sources nor tests of them', () => {
  const has = (path: string): boolean => first.paths.includes(path);
  for (const path of [
    'dist/src/cli.js',
    'dist/src/library.js',
    'dist/src/library.d.ts',
    'dist/src/delivery-thread.js',
    'dist/src/store/postgres/roles.sql',
    'dist/console/index.html',
    'dist/src/ocsf/schemas/1.1.0.json',
    'dist/src/store/sqlite/migrations/001-tables.sql',
    'dist/src/store/postgres/migrations/001-tables.sql',
    'content/sentinel/azuredeploy.json',
    'dist/console/index.html',
    'LICENSE',
    'README.md',
  ]) {
    assert.ok(has(path), `${path} is in the package`);
  }
  const strange = first.paths.filter(
    (path) =>
      /\.test\.(?:d\.)?[jt]s$|\/fixtures\/|(?<!\.d)\.ts$/.test(path) || /(^|\/)(\.|node_modules)/.test(path),
  );
  assert.deepEqual(strange, []);
});

test('every package that the compiled program imports is a declared dependency', () => {
  const manifest = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string> | undefined>;
  const declared = new Set(
    ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    ),
  );
  const undeclared = new Set<string>();
  let imports = 0;
  for (const path of first.paths.filter((name) => name.startsWith('dist/src/') && name.endsWith('.js'))) {
    const code = readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');
    for (const [, still, late] of code.matchAll(IMPORT)) {
      const named = still ?? late ?? '';
      imports += 1;
      const name = named.startsWith('@') ? named.split('/', 2).join('/') : (named.split('/', 1)[0] ?? '');
      if (!named.startsWith('.') && !named.startsWith('node:') && !declared.has(name)) undeclared.add(name);
    }
  }
  assert.ok(imports > 500, 'imports were found');
  assert.deepEqual([...undeclared], []);
});

suite('installed into an empty folder', () => {
  for (const { label, path } of [
    { label: process.version, path: () => Promise.resolve({ path: process.execPath }) },
    { label: 'the oldest supported Node', path: () => floorNode() },
  ]) {
    const node = async (t: TestContext): Promise<string | undefined> => {
      if (noInstall !== undefined) return t.skip(noInstall) as undefined;
      const found: { path?: string; reason?: string } = await path();
      return found.path ?? (t.skip(found.reason ?? '') as undefined);
    };

    test(`"aegis-siem version" and "map" work on ${label}`, async (t) => {
      const exe = await node(t);
      if (exe === undefined) return;
      const version = run(exe, ['version']);
      assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/, version.stderr);
      const mapped = run(exe, ['map'], `${ATTESTATION}\n`);
      assert.equal(mapped.status, 0, mapped.stderr);
      assert.equal((JSON.parse(mapped.stdout) as { class_uid: number }).class_uid, 2001);
    });

    test(`"aegis-siem demo" delivers every decision from the package on ${label}`, async (t) => {
      const exe = await node(t);
      if (exe === undefined) return;
      const demo = run(exe, ['demo', '--json']);
      assert.equal(demo.status, 0, demo.stderr + demo.stdout);
    });

    test(`"aegis-siem serve" answers and stops cleanly on ${label}`, async (t) => {
      const exe = await node(t);
      if (exe === undefined) return;
      const folder = mkdtempSync(join(root, 'serve-'));
      const child = spawn(bin(), ['serve', '--port', '0'], {
        cwd: folder,
        env: environment(exe),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const exited = new Promise<number | null>((resolve) => void child.on('exit', resolve));
      const url = await new Promise<string>((resolve, reject) => {
        let said = '';
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          const ready = /"url":"(?<url>http:[^"]+)"/.exec(said)?.groups?.['url'];
          if (ready !== undefined) resolve(ready);
        });
        child.on('exit', () => reject(new Error(said)));
      });
      assert.equal((await callService(url, '', 'GET', '/healthz', undefined)).status, 200);
      child.kill('SIGTERM');
      assert.equal(await exited, 0);
    });

    test(`a program imports the library and records with it on ${label}`, async (t) => {
      const exe = await node(t);
      if (exe === undefined) return;
      const program = join(home, 'program.ts');
      writeFileSync(program, PROGRAM);
      const { stdout, stderr } = spawnSync(exe, ['--no-warnings', program], {
        cwd: mkdtempSync(join(root, 'embed-')),
        encoding: 'utf8',
        input: ATTESTATION ?? '',
      });
      assert.equal(stdout, 'recorded\n', stderr);
    });
  }
});

const PROGRAM = `
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { openStore, recordAttestation } from 'aegis-siem';
const store = await openStore('sqlite:./aegis.db');
await store.migrate();
await store.close();
const tx = new DatabaseSync('./aegis.db');
tx.exec('begin immediate');
const { status } = await recordAttestation(tx, readFileSync(0, 'utf8'));
tx.exec('commit');
console.log(status);
`;

function bin(): string {
  return join(home, 'node_modules', '.bin', 'aegis-siem');
}

/** The command finds its Node on the path, as a shell would. */
function environment(node: string): NodeJS.ProcessEnv {
  return { PATH: `${dirname(node)}:${process.env['PATH'] ?? ''}`, HOME: home };
}

function run(
  node: string,
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const cwd = mkdtempSync(join(root, 'run-'));
  return spawnSync(bin(), args, { cwd, env: environment(node), encoding: 'utf8', input });
}
