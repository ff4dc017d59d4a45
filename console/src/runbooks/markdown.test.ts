import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Block, type Inline, parseInline, parseMarkdown } from './markdown.ts';

const PAGES = join(import.meta.dirname, '..', '..', '..', 'docs', 'operations');

test('a page is read into headings, paragraphs, numbered steps, code and tables', () => {
  const text =
    '# A `title`\n\n**You see:** one\nline.\n\n1. first\n   goes on\n2. second\n\n   ```sh\n   # no heading\n     in\n   ```\n\n3. third\n\n- plain\n\n| a | b |\n| - | - |\n| x \\| y | `z` |\n';
  assert.deepEqual(parseMarkdown(text), [
    { kind: 'heading', level: 1, line: [t('A '), { kind: 'code', text: 'title' }] },
    { kind: 'paragraph', line: [{ kind: 'strong', text: 'You see:' }, t(' one line.')] },
    { kind: 'list', start: 1, items: [[t('first goes on')], [t('second')]] },
    { kind: 'code', text: '# no heading\n  in' },
    { kind: 'list', start: 3, items: [[t('third')]] },
    { kind: 'list', items: [[t('plain')]] },
    { kind: 'table', head: [[t('a')], [t('b')]], rows: [[[t('x | y')], [{ kind: 'code', text: 'z' }]]] },
  ]);
});

test('links and code stand in a line; what only looks like one is text', () => {
  assert.deepEqual(parseInline('see [a page](x.md) and `[b](y)`, 2 * 3 < <b>'), [
    t('see '),
    { kind: 'link', text: 'a page', href: 'x.md' },
    t(' and '),
    { kind: 'code', text: '[b](y)' },
    t(', 2 * 3 < <b>'),
  ]);
});

for (const name of readdirSync(PAGES)) {
  test(`every word of docs/operations/${name} is shown, and no mark of its writing`, () => {
    const blocks = parseMarkdown(readFileSync(join(PAGES, name), 'utf8'));
    assert.equal(blocks[0]?.kind, 'heading');
    const shown = blocks.flatMap(linesOf).filter(({ kind }) => kind !== 'code');
    for (const { text } of shown) assert.doesNotMatch(text, /\*\*|`|\]\(|^#|<!--/, text);
  });
}

function linesOf(block: Block): readonly Inline[] {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return block.line;
    case 'list':
      return block.items.flat();
    case 'table':
      return [...block.head, ...block.rows.flat()].flat();
    case 'code':
      return [];
    default:
      return block satisfies never;
  }
}

function t(text: string): Inline {
  return { kind: 'text', text };
}
