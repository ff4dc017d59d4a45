/**
 * `npm run test:security`: the tables of what must not happen (`*.security.test.ts`, wherever they are), and how many cases
 * each has. Ends with status 1 when a case fails, and names the cases that were left out.
 *
 *   npm run test:security                 all tables
 *   npm run test:security -- addresses    those with this in their path
 *   npm run test:security -- --json       the counts as JSON on stdout
 */
import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import type { TestEvent as RunnerEvent } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { startPostgresServer } from '../test/support/postgres.ts';
import { type CaseCount, CaseCounter } from './case-count.ts';

const ROOT = join(import.meta.dirname, '..');
const PATTERNS = ['src/**', 'test/**', 'scripts/**', 'console/**'].map(
  (at) => `${at}/*.security*.test.{ts,tsx}`,
);

interface Table extends CaseCount {
  readonly name: string;
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const files = globSync(PATTERNS, { cwd: ROOT, exclude: ['**/node_modules/**'] })
  .filter((file) => positionals.length === 0 || positionals.some((word) => file.includes(word)))
  .sort();
const counters = new Map(files.map((file) => [file, new CaseCounter()]));
const troubles: string[] = [];
const leftOut: string[] = [];
const startedMs = performance.now();
const postgres = await startPostgresServer();
try {
  process.env['AEGIS_SIEM_TEST_POSTGRES_URL'] = postgres.url;
  const events: AsyncIterable<RunnerEvent> = run({
    files: files.map((file) => join(ROOT, file)),
    concurrency: 1,
  });
  for await (const event of events) count(event);
} finally {
  await postgres.stop();
}

const tables: readonly Table[] = [...counters].map(([file, { count }]) => ({
  name: file.replace(/^.*\//, '').replace(/(?:\.security.*)?\.tsx?$/, ''),
  ...count,
}));
const total = sumOf(tables);
const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
if (values.json) console.log(JSON.stringify({ tables, total, left_out: leftOut, seconds }, null, 2));
else show();
for (const trouble of troubles) console.error(`\nfailed: ${trouble}`);
process.exitCode = troubles.length === 0 && total.failed === 0 && total.passed > 0 ? 0 : 1;

function count({ type, data }: RunnerEvent): void {
  if (type !== 'test:pass' && type !== 'test:fail' && type !== 'test:diagnostic') return;
  if (data.file === undefined) return;
  const file = relative(ROOT, data.file);
  // A table that is run by a function of another file counts under that file's name.
  const counter = counters.get(file) ?? new CaseCounter();
  counters.set(file, counter);
  if (type === 'test:diagnostic') {
    counter.add({ type, nesting: data.nesting, isSuite: false, message: data.message });
    return;
  }
  const isSuite = data.details.type === 'suite';
  counter.add({ type, nesting: data.nesting, isSuite, skip: data.skip });
  if (type === 'test:fail') {
    if (!isSuite) troubles.push(`${file}: ${data.name}\n${reasonOf(data.details.error)}`);
  } else if (data.skip !== undefined && data.skip !== false) {
    leftOut.push(`${file}: ${data.name}: ${String(data.skip)}`);
  }
}

function show(): void {
  console.log('| table | passed | failed | left out |\n|---|---:|---:|---:|');
  for (const { name, passed, failed, skipped } of [...tables, { name: '**all**', ...total }])
    console.log(`| ${name} | ${passed} | ${failed} | ${skipped} |`);
  console.log(`\n${seconds} s, Node ${process.version}`);
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
