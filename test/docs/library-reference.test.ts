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

/** Of TypeScript and Node. */
const KNOWN = new Set([
  'AbortSignal',
  'Error',
  'Omit',
  'Partial',
  'Promise',
  'Readonly',
  'Record',
  'Uint8Array',
]);

test('every type that the signature of a function or class names can be imported too', () => {
  const sections = readFileSync(PAGE, 'utf8').split(/^## /m).slice(1);
  const exported = new Set(sections.map((section) => section.split('\n')[0]));
  const missing = new Set<string>();
  for (const section of sections) {
    const code = /```typescript\n(?<code>(?:function|class)[^`]*)```/.exec(section)?.groups?.['code'] ?? '';
    const bare = code.replaceAll(/\/\*\*[^]*?\*\/|'[^']*'/g, '');
    for (const [name] of bare.matchAll(/\b[A-Z]\w*/g)) {
      if (!exported.has(name) && !KNOWN.has(name)) missing.add(name);
    }
  }
  assert.ok(exported.size > 40, 'the page was read');
  assert.deepEqual([...missing], []);
});
