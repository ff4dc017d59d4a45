/** A claim of the security pages names the file that shows it: the file must be there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');
const NAMED = /`(?<path>(?:src|test|scripts|docs|deploy|console)\/[\w./-]+)`/g;

for (const page of ['docs/security/threat-model.md', 'docs/security/asvs.md', 'SECURITY.md']) {
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
