/** docs/README.md is the way to every page. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');
const BOOK = 'docs/README.md';
const LINK = /\]\((?!https?:|mailto:|#)(?<target>[^)#\s]+)(?:#[^)]*)?\)/g;

function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(LINK)].map(({ groups }) =>
    normalize(join(dirname(page), groups?.['target'] ?? '')),
  );
}

/** Pages that a reader reaches from the book: its own links, and those of folders' own tables of contents. */
function reached(): ReadonlySet<string> {
  const found = new Set([BOOK]);
  const contents = linksOf(BOOK).flatMap((page) =>
    page.endsWith('README.md') ? [page, ...linksOf(page)] : [page],
  );
  for (const page of contents) found.add(page);
  return found;
}

test('every page of docs is reached from docs/README.md', () => {
  const there = reached();
  const lost = globSync('docs/**/*.md', { cwd: ROOT }).filter((page) => !there.has(page));
  assert.deepEqual(lost, [], 'pages without a link from the book');
});

test('every link between pages leads to a file', () => {
  const pages = globSync(['*.md', '{docs,content,deploy,examples}/**/*.md'], { cwd: ROOT });
  const dead = pages.flatMap((page) =>
    linksOf(page)
      .filter((target) => !existsSync(join(ROOT, target)))
      .map((target) => `${page}: ${target}`),
  );
  assert.ok(pages.length > 40, 'the pages were found');
  assert.deepEqual(dead, []);
});
