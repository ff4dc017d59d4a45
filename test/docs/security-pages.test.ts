/** A claim of the security pages names the file that shows it: the file must be there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ASVS_LINES } from './asvs-lines.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const NAMED = /`(?<path>(?:src|test|scripts|docs|deploy|console)\/[\w./-]+)`/g;

for (const page of [
  'docs/security/threat-model.md',
  'docs/security/asvs.md',
  'docs/security/checklist.md',
  'SECURITY.md',
]) {
  test(`every file that ${page} names is there`, () => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const named = [...text.matchAll(NAMED)].map(({ groups }) => groups?.['path'] ?? '');
    const linked = [...text.matchAll(/\]\((?!https?:)(?<target>[^)#]+)\)/g)].map(({ groups }) =>
      join(page, '..', groups?.['target'] ?? ''),
    );
    assert.ok(named.length + linked.length >= 5, 'it names files');
    assert.deepEqual(
      [...named, ...linked].filter((path) => !existsSync(join(ROOT, path))),
      [],
    );
  });
}

test('every line of a table says what shows it, or why there is nothing to show', () => {
  for (const page of ['docs/security/threat-model.md', 'docs/security/asvs.md']) {
    const rows = readFileSync(join(ROOT, page), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (?:-|threat|line|chapter)/.test(line));
    assert.ok(rows.length > 15, `${page} has lines`);
    for (const row of rows) {
      const last = row.split('|').at(-2)?.trim() ?? '';
      assert.ok(last.length > 8, row);
    }
  }
});

test('the checklist has the lines S01 to S42, each once, and each names a test', () => {
  const rows = readFileSync(join(ROOT, 'docs/security/checklist.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| S\d/.test(line));
  const wanted = Array.from({ length: 42 }, (_, index) => `S${String(index + 1).padStart(2, '0')}`);
  assert.deepEqual(
    rows.map((row) => row.split('|')[1]?.trim()),
    wanted,
  );
  for (const row of rows) assert.match(row, /`[\w./-]+\.test\.ts`/, row);
});

test('every line of ASVS at levels 1 and 2 stands in the sheet, once', () => {
  const rows = readFileSync(join(ROOT, 'docs/security/asvs.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| V?\d/.test(line));
  const named = rows.flatMap((row) => linesOf(row.split('|')[1] ?? ''));
  const wanted = Object.entries(ASVS_LINES).flatMap(([section, numbers]) =>
    numbers.map((number) => `${section}.${number}`),
  );
  assert.equal(wanted.length, 253);
  assert.deepEqual(
    wanted.filter((line) => !named.includes(line)),
    [],
    'lines without a row',
  );
  assert.deepEqual(
    named.filter((line, index) => named.indexOf(line) !== index),
    [],
    'lines in two rows',
  );
  assert.deepEqual(
    named.filter((line) => !wanted.includes(line)),
    [],
    'lines that are not there at these levels',
  );
});

/** `1.2.1, 1.2.3`, `3.3.1 to 3.3.4`, `6.5` (a section), `V5` (a chapter). */
function linesOf(cell: string): readonly string[] {
  return cell.split(',').flatMap((part) => {
    const text = part.trim();
    const range = /^(?<section>\d+\.\d+)\.(?<from>\d+) to \d+\.\d+\.(?<to>\d+)$/.exec(text)?.groups;
    if (range !== undefined) {
      const from = Number(range['from']);
      // A run may pass over lines of level 3.
      return (ASVS_LINES[range['section'] ?? ''] ?? [])
        .filter((number) => number >= from && number <= Number(range['to']))
        .map((number) => `${range['section'] ?? ''}.${number}`);
    }
    if (/^\d+\.\d+\.\d+$/.test(text)) return [text];
    const prefix = text.replace('V', '');
    return Object.entries(ASVS_LINES)
      .filter(([section]) => section === prefix || section.split('.')[0] === prefix)
      .flatMap(([section, numbers]) => numbers.map((number) => `${section}.${number}`));
  });
}

test('what the sheet names as a test has cases', () => {
  const sheet = readFileSync(join(ROOT, 'docs/security/asvs.md'), 'utf8');
  const files = new Set(
    [...sheet.matchAll(/`(?<file>(?:src|test)\/[\w./-]+\.test\.ts)`/g)].map(
      ({ groups }) => groups?.['file'] ?? '',
    ),
  );
  assert.ok(files.size > 25, String(files.size));
  for (const file of files) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    assert.ok(/(?:[tT]est|\bit|runBadInputs|describe\w+)\(/.test(text), file);
  }
});
