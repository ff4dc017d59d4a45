/** Writes `examples/attestations.ndjson`: the same bytes at each run. `npm run examples`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exampleRecords } from './example-stories/example-records.ts';

const FILE = path.join(import.meta.dirname, '..', 'examples', 'attestations.ndjson');

/** The whole text of the file: one record a line. */
export function examplesText(): string {
  return exampleRecords()
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('');
}

if (import.meta.main) {
  mkdirSync(path.dirname(FILE), { recursive: true });
  const text = examplesText();
  writeFileSync(FILE, text);
  process.stdout.write(`${path.relative(process.cwd(), FILE)}: ${text.split('\n').length - 1} records\n`);
}
