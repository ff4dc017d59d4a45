import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { visibleText } from './visible-text.ts';

/** What a reader of the docs would write to get the original back. */
function original(visible: string): string {
  return visible.replaceAll(/\\u\{([0-9a-f]+)\}/g, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom('\\', 'u', '{', '}', '1b', '5c', '\u001b', '\n', '\u202e', '\\u{1b}', '\ud800', '😀'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  ),
);

describe('visibleText', () => {
  for (const [what, text, visible] of [
    ['a line break', 'a\r\nb', String.raw`a\u{d}\u{a}b`],
    ['an ANSI escape', '\u001b[31m', String.raw`\u{1b}[31m`],
    ['C1 and delete', '\u007f\u009b', String.raw`\u{7f}\u{9b}`],
    ['a line separator', '\u2028', String.raw`\u{2028}`],
    ['a bidirectional override', 'txt\u202eexe', String.raw`txt\u{202e}exe`],
    ['an isolate', '\u2066', String.raw`\u{2066}`],
    ['a zero-width space', '\u200b', String.raw`\u{200b}`],
    ['a soft hyphen', 'pay\u00adpal', String.raw`pay\u{ad}pal`],
    ['a byte order mark', '\ufeff', String.raw`\u{feff}`],
    ['a tag character', '\u{e0041}', String.raw`\u{e0041}`],
    ['half of a surrogate pair', '\ud83d', String.raw`\u{d83d}`],
    ['an escape that was written out', String.raw`\u{1b}`, String.raw`\u{5c}u{1b}`],
  ] as const) {
    it(`writes out ${what}`, () => assert.equal(visibleText(text), visible));
  }

  it('leaves alone what is read: letters, emoji with joiners, backslashes, quotes', () => {
    for (const text of ['', 'Prüfer 日本', '👩‍🔬', 'می‌خواهم', String.raw`C:\users\new "x" \\`]) {
      assert.equal(visibleText(text), text);
    }
  });

  it('can be undone, so that no two texts look the same', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        assert.equal(original(visibleText(text)), text);
        assert.ok(visibleText(text).isWellFormed());
      }),
      { numRuns: 500 },
    );
  });
});
