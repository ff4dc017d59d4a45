/** A runbook is read in a hurry: it is short, has the same parts as all others, and every word in it exists. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'docs', 'operations');
const NO_RUNBOOKS = [
  'README.md',
  'alarms.md',
  'drill.md',
  'migrate-sentinel.md',
  'notices.md',
  'opentelemetry.md',
  'rotate-credentials.md',
  'rotate-master-key.md',
];
const PAGES = globSync('*.md', { cwd: FOLDER }).filter((name) => !NO_RUNBOOKS.includes(name));
const PARTS = ['**You see:**', '**It means:**', '**Is anything lost?**', '## Look', '## Mend', '## Confirm'];
/** Settings and folders of PostgreSQL that a page names. */
const OF_OTHERS = ['synchronous_standby_names', 'pg_wal'];
/** One screen of a terminal of a usual size, at its width. */
const MAX_LINES = 48;

const sources = globSync('{src,content,scripts/alerts}/**/*.{ts,yml,kql,json,sql}', { cwd: ROOT })
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  .join('\n');

for (const page of PAGES) {
  const text = readFileSync(join(FOLDER, page), 'utf8');

  test(`${page} is one screen, with the same parts as all others`, () => {
    assert.ok(text.split('\n').length <= MAX_LINES, String(text.split('\n').length));
    const places = PARTS.map((part) => text.indexOf(part));
    assert.ok(!places.includes(-1), `lacks ${PARTS[places.indexOf(-1)] ?? ''}`);
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
    const look = /## Look\n\n```sh\n(?<commands>[^`]*)```/.exec(text)?.groups?.['commands'] ?? '';
    const commands = look.trim().split('\n').length;
    assert.ok(commands >= 2 && commands <= 3, 'three commands at the most');
  });

  test(`${page}: every word that it quotes from the product is there`, () => {
    for (const [, word = ''] of text.matchAll(/`([a-z][a-z0-9]*(?:_[a-z0-9]+)+|AegisSiem\w+)`/g)) {
      assert.ok(sources.includes(word) || OF_OTHERS.includes(word), word);
    }
  });
}

test('the index names every page, and doctor leads to none that is not there', () => {
  const index = readFileSync(join(FOLDER, 'README.md'), 'utf8');
  for (const page of PAGES) assert.ok(index.includes(`(${page})`), page);
  const doctor = globSync(['src/cli/doctor/*.ts', 'src/runbooks.ts'], { cwd: ROOT })
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap(
      (file) => readFileSync(join(ROOT, file), 'utf8').match(/runbook: .*|\/, '[a-z-]+'\],?$/gm) ?? [],
    );
  const named = doctor.flatMap((line) =>
    [...line.matchAll(/'(?<page>[a-z-]+)'/g)].map(({ groups }) => `${groups?.['page']}.md`),
  );
  assert.ok(named.length > 10);
  for (const page of named) assert.ok(PAGES.includes(page) || page === 'store_corrupt.md', page);
});
