import { pick } from '../support/seeded-random.ts';

/** Pieces that readers stumble over. */
const TOKENS: readonly Buffer[] = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
  '\\u0000',
  '\\ud800',
  '\\u202e',
  'null',
  'true',
  '-0',
  '1e400',
  '9007199254740993',
  '__proto__',
  'constructor',
  '\u0000',
  '\r\n',
  '\u2028',
  '\u{1f600}',
  '<html>',
  '%00',
  '../',
  '=cmd',
  '*',
  '**',
  '.',
  ' ',
  '\ufeff',
  '0',
  '-1',
  '1e9',
  'code',
  'NaN',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  '[[[[[[[[[[[[[[[[',
  '{"a":{"a":{"a":',
  '"'.repeat(64),
].map((text) => Buffer.from(text));
const BROKEN_UTF8 = [
  Buffer.from([0xff]),
  Buffer.from([0xc0, 0x80]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
];
const MOST_CHANGES = 8;
const MOST_BYTES = 64 * 1024;

/** The bytes with a few changes: bits flipped, parts cut out, doubled, swapped, and pieces put in. */
export function mutateBytes(bytes: Uint8Array, random: () => number): Buffer {
  let changed = Buffer.from(bytes);
  const changes = 1 + Math.floor(random() * MOST_CHANGES);
  for (let index = 0; index < changes; index += 1) changed = changeOnce(changed, random);
  return changed.subarray(0, MOST_BYTES);
}

function changeOnce(bytes: Buffer, random: () => number): Buffer<ArrayBuffer> {
  const at = Math.floor(random() * (bytes.length + 1));
  const end = Math.min(bytes.length, at + 1 + Math.floor(random() ** 3 * bytes.length));
  const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (Math.floor(random() * 6)) {
    case 0:
      return Buffer.concat([before, part.map((byte) => byte ^ (1 << Math.floor(random() * 8))), after]);
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, part, part, after]);
    case 3:
      return Buffer.concat([after, part, before]);
    case 4:
      return Buffer.concat([before, pick(BROKEN_UTF8, random), part, after]);
    default:
      return Buffer.concat([before, pick(TOKENS, random), part, after]);
  }
}
