/**
 * The project's test command: format, lint, types, layers, then every test on Node 26 and once more on Node 24 (the
 * floor), where its package can be had.
 *
 *   npm test                    everything but what is long
 *   npm run test:long           what takes minutes (`*.long.test.ts`), and nothing else
 *   npm run check               leaves out suites marked slow (`*.slow.test.ts`) and the run on Node 24
 *   npm run test:only -- PATH…  only these test files or folders, nothing else
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgresServer } from '../test/support/postgres.ts';
import { floorNode, FLOOR_NODE_VERSION } from './floor-node.ts';

const ROOT = join(import.meta.dirname, '..');
/** What a version of Node can change: stores, delivery, wire, keys, proofs, and the service as a whole. */
const ON_FLOOR =
  /^(?:src\/(?:delivery|store\/sqlite|store\/memory|egress|connectors|secrets|proof|verify|settings|json)|test\/(?:delivery|store-contract|connectors|verify))\/|^src\/[^/]+$|^test\/api\/service\.test\.ts$/;
const fast = process.argv.includes('--fast');
const long = process.argv.includes('--long');
const only = process.argv.includes('--only')
  ? process.argv.slice(process.argv.indexOf('--only') + 1)
  : undefined;

async function main(): Promise<number> {
  const files = testFiles();
  if (files.length === 0) return fail('no test file matches');
  if (only === undefined && !long) {
    for (const step of STATIC_CHECKS) {
      if ((await run(step.title, bin(step.command), step.args)) !== 0) return fail(step.hint);
    }
  }
  const postgres = await startPostgresServer();
  try {
    const env = {
      ...process.env,
      AEGIS_SIEM_TEST_POSTGRES_URL: postgres.url,
      // Each file is a process of its own that loads most of src: stripped and compiled once, the run takes a third less CPU.
      NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'compiled-tests'),
    };
    const home = await run(`tests on Node ${process.version}`, process.execPath, testArgs(files), env);
    if (home !== 0) return fail('a test failed; run one file with: npm run test:only -- PATH');
    if (fast || long || only !== undefined) return 0;
    const floor = await floorNode();
    if (floor.path === undefined) {
      console.error(`tests on Node ${FLOOR_NODE_VERSION}: left out, ${floor.reason}`);
      return 0;
    }
    const onFloor = files.filter((file) => !isSlow(file) && ON_FLOOR.test(file));
    const code = await run(`tests on Node ${FLOOR_NODE_VERSION}`, floor.path, testArgs(onFloor), {
      ...env,
      PATH: `${join(floor.path, '..')}:${process.env['PATH'] ?? ''}`,
    });
    return code === 0 ? 0 : fail(`a test failed on Node ${FLOOR_NODE_VERSION}, the floor`);
  } finally {
    await postgres.stop();
  }
}

interface StaticCheck {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly hint: string;
}

const STATIC_CHECKS: readonly StaticCheck[] = [
  { title: 'format', command: 'oxfmt', args: ['--check', '.'], hint: 'mend it with: npm run format' },
  {
    title: 'lint',
    command: 'oxlint',
    args: ['--type-aware', '--deny-warnings', '.'],
    hint: 'see the findings with: npm run lint',
  },
  { title: 'types', command: 'tsc', args: [], hint: 'see the findings with: npm run types' },
  {
    title: 'types of the console',
    command: 'tsc',
    args: ['-p', 'console'],
    hint: 'see the findings with: npm run types',
  },
  { title: 'layers', command: 'node', args: ['scripts/check-layers.ts'], hint: 'see ARCHITECTURE.md' },
];

function testFiles(): string[] {
  const patterns = [
    'src/**/*.test.ts',
    'test/**/*.test.ts',
    'scripts/**/*.test.ts',
    'bench/*.test.ts',
    'console/src/**/*.test.ts',
  ];
  const all = globSync(patterns, { cwd: ROOT }).sort();
  if (only !== undefined) {
    const wanted = only.map((path) => (isFolder(path) ? `${path.replace(/\/$/, '')}/` : path));
    return all.filter((file) =>
      wanted.some((path) => file === path || (path.endsWith('/') && file.startsWith(path))),
    );
  }
  if (long) return all.filter((file) => isLong(file));
  return all.filter((file) => !isLong(file) && !(fast && isSlow(file)));
}

function isFolder(path: string): boolean {
  const full = join(ROOT, path);
  return existsSync(full) && statSync(full).isDirectory();
}

function isSlow(file: string): boolean {
  return file.endsWith('.slow.test.ts');
}

function isLong(file: string): boolean {
  return file.endsWith('.long.test.ts');
}

/** Two at a time: the suites measure no time, but a loaded machine makes their deadlines meaningless. */
function testArgs(files: readonly string[]): string[] {
  return [
    '--test',
    '--test-concurrency=2',
    '--test-reporter=dot',
    '--test-reporter-destination=stdout',
    '--test-reporter=./scripts/summary-reporter.ts',
    '--test-reporter-destination=stdout',
    ...files,
  ];
}

function bin(command: string): string {
  return command === 'node' ? process.execPath : join(ROOT, 'node_modules', '.bin', command);
}

function run(
  title: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  console.error(`\n== ${title}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function fail(hint: string): number {
  console.error(`\nnot passed: ${hint}`);
  return 1;
}

process.exitCode = await main();
