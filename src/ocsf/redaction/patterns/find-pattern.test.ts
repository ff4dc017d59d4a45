import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FIND_PATTERN, mayHoldPattern } from './find-pattern.ts';
import { PATTERN_NAMES, type PatternName } from './pattern.ts';

/** A text for each pattern, with what must be found in it; the rest must be left alone. */
const CASES: Readonly<Record<PatternName, readonly (readonly [text: string, found: readonly string[]])[]>> = {
  email: [
    ['write to bob@example.com.', ['bob@example.com']],
    [
      '<bob.smith+tag@mail.example.co.uk>, or: amy@example.org!',
      ['bob.smith+tag@mail.example.co.uk', 'amy@example.org'],
    ],
    ["'o'hara@example.com'", ["o'hara@example.com"]],
    ['jürgen@bücher.example', ['jürgen@bücher.example']],
    ['bob@example.com.1 and bob@example.com-', ['bob@example.com', 'bob@example.com']],
    ['a@b.example@c.example', ['a@b.example']],
    ['@nobody, bob@localhost, a @ b.com, x@.com', []],
  ],
  ipv4: [
    ['from 10.0.0.1:8080 to 192.168.255.255.', ['10.0.0.1', '192.168.255.255']],
    ['10.0.0.1-10.0.0.9, 10.0.0.2..10.0.0.3', ['10.0.0.1', '10.0.0.9', '10.0.0.2', '10.0.0.3']],
    ['1.2.3, 1.2.3.4.5, 256.1.1.1, 1.2.3.1000', []],
  ],
  ipv6: [
    ['[2001:db8::1]:443 and fe80::1%eth0', ['2001:db8::1', 'fe80::1']],
    ['::1, ::ffff:10.0.0.1.', ['::1', '::ffff:10.0.0.1']],
    ['2001:0db8:85a3:0000:0000:8a2e:0370:7334:', ['2001:0db8:85a3:0000:0000:8a2e:0370:7334']],
    ['at 12:30:45, aa:bb:cc:dd:ee:ff, std::vector, a::, ::, 1::2::3', ['a::']],
  ],
  iban: [
    ['DE89370400440532013000', ['DE89370400440532013000']],
    ['pay gb29 NWBK 6016 1331 9268 19 today', ['gb29 NWBK 6016 1331 9268 19']],
    ['NO93 8601 1117 947, BE68-5390-0754-7034.', ['NO93 8601 1117 947', 'BE68-5390-0754-7034']],
    ['DE89370400440532013001, XDE89370400440532013000, AB12', []],
  ],
  credit_card: [
    ['4111111111111111', ['4111111111111111']],
    ['card 5555 5555 5555 4444 until 12/26', ['5555 5555 5555 4444']],
    ['3782-822463-10005;6011.1111.1111.1117', ['3782-822463-10005', '6011.1111.1111.1117']],
    ['4111111111111112, 14111111111111111, 1795165080000, 0000000000000000', []],
  ],
  jwt: [
    [
      'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ.c2ln-_x, more',
      ['eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ.c2ln-_x'],
    ],
    ['eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ.', ['eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ.']],
    ['eyJhIjoxfQ.a.b.c.d', ['eyJhIjoxfQ.a.b.c.d']],
    ['eyJhbGciOiJub25lIn0.x, heyJude.a.b, eyJ', []],
  ],
  phone: [
    ['call +49 (0)30 123456-7, or 0049301234567.', ['+49 (0)30 123456-7', '0049301234567']],
    ['(555) 123-4567 and 555.123.4567', ['(555) 123-4567', '555.123.4567']],
    ['+1234567 12345678901234567890', ['+1234567']],
    ['a+1, 1 + 22333444, 2026-11-24, 10.0.0.1, 123-4567, 0.0012345678', []],
  ],
};

const found = (name: PatternName, text: string): readonly string[] =>
  FIND_PATTERN[name](text).map(({ start, end }) => text.slice(start, end));

/** What a scanner that goes back could be kept busy with. */
const HOSTILE = [
  '@',
  'a',
  'a@',
  '.',
  'a.',
  '1',
  '1.',
  '1 ',
  '1:',
  ':',
  '::',
  '+',
  '+1',
  '+1 ',
  '0',
  '00',
  '00 1',
  '(',
  '4 ',
  '4-',
  'DE89',
  'DE89 ',
  'a1',
  'eyJ',
  'eyJ.',
  '.eyJ',
  '-',
  'a@b.1',
  '@1.',
  'ä@',
] as const;

const HOSTILE_CHARS = 400_000;
/** A scanner whose time grows with the square of the text would need minutes for it. */
const MAX_MS = 1_500;

describe('the patterns of redaction', () => {
  for (const name of PATTERN_NAMES) {
    it(`${name}: finds what it is for, whole, and leaves the rest`, () => {
      for (const [text, expected] of CASES[name]) {
        assert.deepEqual(found(name, text), expected, text);
        if (expected.length > 0) assert.ok(mayHoldPattern(text), text);
      }
    });

    it(`${name}: takes time that grows with the text and no faster, whatever the text`, () => {
      const unit = fc.array(fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 4 });
      const check = (parts: readonly string[]): void => {
        const text = parts.join('');
        const startedMs = performance.now();
        FIND_PATTERN[name](text.repeat(Math.ceil(HOSTILE_CHARS / text.length)));
        assert.ok(performance.now() - startedMs < MAX_MS, JSON.stringify(text));
      };
      for (const one of HOSTILE) check([one]);
      fc.assert(fc.property(unit, check), { numRuns: 15 });
    });
  }

  it('gives spans from left to right without overlaps, and the same for a match alone as within a text', () => {
    const part = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.constantFrom(...Object.values(CASES).flatMap((cases) => cases.map(([text]) => text))),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...PATTERN_NAMES), fc.array(part, { maxLength: 8 }), (name, parts) => {
        const text = parts.join(' ');
        let done = 0;
        for (const { start, end } of FIND_PATTERN[name](text)) {
          assert.ok(start >= done && end > start && end <= text.length);
          done = end;
          assert.ok(mayHoldPattern(text.slice(start, end)));
        }
      }),
    );
  });
});
