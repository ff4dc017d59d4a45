import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { libraryReference } from '../../scripts/library-reference.ts';
import * as library from '../../src/library.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'library.md');

test('docs/reference/library.md is what the doc comments of the library make', () => {
  const page = readFileSync(PAGE, 'utf8');
  assert.ok(
    page === libraryReference(),
    'make it anew: npm run -s library-reference > docs/reference/library.md',
  );
  for (const name of Object.keys(library)) assert.ok(page.includes(`\n## ${name}\n`), name);
});

test('every function and class of the library says what it is for', () => {
  const bare = readFileSync(PAGE, 'utf8')
    .split(/^## /m)
    .slice(1)
    .filter((section) => /^\w+\n\n```typescript\n(?:function|class)/.test(section))
    .map((section) => section.split('\n')[0]);
  assert.deepEqual(bare, []);
});
