import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonLines, visible } from './json-tokens.ts';

const shown = (text: string): string =>
  jsonLines(text)
    .map(({ depth, tokens }) => '  '.repeat(depth) + tokens.map((token) => token.text).join(''))
    .join('\n');

test('breaks a text into lines as JSON.stringify would', () => {
  const values = [
    { a: 1, b: [true, null, { c: 'x:,{}' }], d: {}, e: [], f: [[]], g: { h: [1, 2] } },
    [],
    {},
    'text',
    [{ a: { b: {} } }, -1.5e-7],
  ];
  for (const value of values) {
    assert.equal(shown(JSON.stringify(value)), JSON.stringify(value, undefined, 2));
    assert.equal(shown(JSON.stringify(value, undefined, 4)), JSON.stringify(value, undefined, 2));
  }
});

test('keeps every digit and every escape as it was written', () => {
  assert.equal(
    shown(String.raw`{"n":12345678901234567890,"s":"\u0041\/"}`),
    String.raw`{
  "n": 12345678901234567890,
  "s": "\u0041\/"
}`,
  );
});

test('shows what would hide or turn around other text', () => {
  assert.equal(visible('a\u202eb\u200bc\u0007'), String.raw`a\u202eb\u200bc\u0007`);
  assert.equal(visible('größe ✓ 漢字'), 'größe ✓ 漢字');
});

test('tells keys from texts, and a text that is no JSON is one line', () => {
  const [, line] = jsonLines('{"key":"text"}');
  assert.deepEqual(
    line?.tokens.map(({ kind }) => kind),
    ['key', 'mark', 'string'],
  );
  assert.equal(shown('<not json>'), '<not json>');
});
