/**
 * Writes docs/reliability.md from the reports (JSON, or what was printed as .txt) that `simulate`, `torture`, `misbehave` and `bench:backlog` leave with --json.
 *
 *   npm run reliability                      reports in ./reports
 *   npm run reliability -- --reports FOLDER  elsewhere
 *
 * Exit status 1 when a report says that a promise was broken; the document is written all the same, and says so first.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reliabilityDocument } from './reliability/reliability-document.ts';
import { brokenPromises, parseReport, textReport } from './reliability/report.ts';

const OUTPUT = join(import.meta.dirname, '..', 'docs', 'reliability.md');

/** The document is held to the same format as everything else. */
const FORMATTER = join(import.meta.dirname, '..', 'node_modules', '.bin', 'oxfmt');

const { values } = parseArgs({ options: { reports: { type: 'string', default: 'reports' } } });
const files = readdirSync(values.reports)
  .filter((name) => /\.(json|txt)$/.test(name))
  .sort();
if (files.length === 0) {
  throw new Error(
    `There is no report in ${values.reports}; make one with: npm run torture -- --json reports/torture.json`,
  );
}
const reports = files.map((name) =>
  (name.endsWith('.txt') ? textReport : parseReport)(name, readFileSync(join(values.reports, name), 'utf8')),
);
writeFileSync(OUTPUT, reliabilityDocument(reports));
execFileSync(FORMATTER, [OUTPUT]);
console.log(`docs/reliability.md is written from ${files.join(', ')}`);
const broken = reports.flatMap(({ figures }) => brokenPromises(figures));
for (const sentence of broken) console.error(`BROKEN: ${sentence}`);
if (broken.length > 0) process.exitCode = 1;
