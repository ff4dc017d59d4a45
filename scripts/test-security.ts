/**
 * `npm run test:security`: the tables of what must not happen (`*.security.test.ts`, wherever they are, and those of tenants),
 * how many cases each has and how long it took. Ends with status 1 when a case fails, when a table has none, or when a number of
 * the bad inputs was not tried, and names the cases that were left out.
 *
 *   npm run test:security                 all tables
 *   npm run test:security -- addresses    those with this in their path
 *   npm run test:security -- --json       the counts as JSON on stdout
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import type { TestEvent as RunnerEvent } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { startPostgresServer } from '../test/support/postgres.ts';
import { type CaseCount, CaseCounter } from './case-count.ts';

const ROOT = join(import.meta.dirname, '..');
const PATTERNS = ['src/**', 'test/**', 'scripts/**', 'console/**'].map(
  (at) => `${at}/*.security*.test.{ts,tsx}`,
);

/** Tables under a name of their own. */
const MORE = ['test/api/isolation.test.ts'];
/** What a file is called in the list, where its own name does not say it. */
const TITLES: Readonly<Record<string, string>> = {
  access: 'scopes (access)',
  isolation: 'tenants (isolation)',
  'row-security': 'tenants (row-security)',
  'ingest-inputs': 'bad inputs: ingest',
  'destination-inputs': 'bad inputs: destinations',
  'siem-inputs': 'bad inputs: SIEM',
  'operator-inputs': 'bad inputs: operator',
};
/** Of docs/security/README.md: each must have been tried or shown. */
const BAD_INPUTS = 113;
/** Files under way at once: most of them wait for timers and sockets. The longest begin first. */
const FILES_AT_ONCE = 2;
const LONGEST_FIRST = ['no-oracle', 'canary', 'siem-inputs', 'ingest-inputs', 'fuzz', 'certificates'];

interface Table extends CaseCount {
  readonly name: string;
  readonly seconds: number;
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const files = [...globSync(PATTERNS, { cwd: ROOT, exclude: ['**/node_modules/**'] }), ...MORE]
  .filter((file) => positionals.length === 0 || positionals.some((word) => file.includes(word)))
  .toSorted();
const troubles: string[] = [];
const leftOut: string[] = [];
const badInputs = new Set<string>();
const startedMs = performance.now();
const postgres = await startPostgresServer();
const tables: Table[] = [];
try {
  process.env['AEGIS_SIEM_TEST_POSTGRES_URL'] = postgres.url;
  const waiting = files.toSorted((a, b) => rank(a) - rank(b));
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
      tables.push(await runTable(file));
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, work));
} finally {
  await postgres.stop();
}
tables.sort((a, b) => a.name.localeCompare(b.name));

const total = { ...sumOf(tables), seconds: secondsSince(startedMs) };
if (values.json) {
  const tried = badInputs.size;
  console.log(
    JSON.stringify({ tables, total, bad_inputs: { tried, of: BAD_INPUTS }, left_out: leftOut }, null, 2),
  );
} else show();
for (const { name, passed, failed, skipped } of tables)
  if (passed + failed + skipped === 0) troubles.push(`${name}: no case was run`);
if (positionals.length === 0 && badInputs.size !== BAD_INPUTS)
  troubles.push(`bad inputs: ${badInputs.size} of ${BAD_INPUTS} numbers were run`);
for (const trouble of troubles) console.error(`\nfailed: ${trouble}`);
process.exitCode = troubles.length === 0 && total.failed === 0 && total.passed > 0 ? 0 : 1;

function rank(file: string): number {
  const at = LONGEST_FIRST.findIndex((word) => file.includes(word));
  return at === -1 ? LONGEST_FIRST.length : at;
}

/** One file in a process of its own: all that it reports is its table. */
async function runTable(file: string): Promise<Table> {
  const beganMs = performance.now();
  const counter = new CaseCounter();
  const events: AsyncIterable<RunnerEvent> = run({ files: [join(ROOT, file)], concurrency: 1 });
  for await (const event of events) count(file, counter, event);
  const word = file.replace(/^.*\//, '').replace(/(?:\.security.*)?(?:\.test)?\.tsx?$/, '');
  return { name: TITLES[word] ?? word, ...counter.count, seconds: secondsSince(beganMs) };
}

function secondsSince(beganMs: number): number {
  return Math.round((performance.now() - beganMs) / 100) / 10;
}

function count(file: string, counter: CaseCounter, { type, data }: RunnerEvent): void {
  if (type !== 'test:pass' && type !== 'test:fail' && type !== 'test:diagnostic') return;
  if (type === 'test:diagnostic') {
    counter.add({ type, nesting: data.nesting, isSuite: false, message: data.message });
    return;
  }
  const isSuite = data.details.type === 'suite';
  counter.add({ type, nesting: data.nesting, isSuite, skip: data.skip });
  const number = /^B\d{3}\b/.exec(data.name)?.[0];
  if (number !== undefined && type === 'test:pass') badInputs.add(number);
  if (type === 'test:fail') {
    if (!isSuite) troubles.push(`${file}: ${data.name}\n${reasonOf(data.details.error)}`);
  } else if (data.skip !== undefined && data.skip !== false) {
    leftOut.push(`${file}: ${data.name}: ${String(data.skip)}`);
  }
}

function show(): void {
  console.log('| table | passed | failed | left out | seconds |\n|---|---:|---:|---:|---:|');
  for (const { name, passed, failed, skipped, seconds } of [...tables, { name: '**all**', ...total }])
    console.log(`| ${name} | ${passed} | ${failed} | ${skipped} | ${seconds} |`);
  if (badInputs.size > 0) console.log(`\nbad inputs by number: ${badInputs.size} of ${BAD_INPUTS}`);
  console.log(`\nNode ${process.version}`);
  for (const line of leftOut) console.log(`left out: ${line}`);
}

function sumOf(counts: readonly CaseCount[]): CaseCount {
  const sum: CaseCount = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of counts) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
