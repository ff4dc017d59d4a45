import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attestationText, attestationTextWith } from '../../test/support/valid-attestation.ts';
import {
  type AttestationLimits,
  DEFAULT_ATTESTATION_LIMITS as DEFAULTS,
  MAX_OUTCOME_CHARS,
} from './attestation-limits.ts';
import { parseAttestation } from './parse-attestation.ts';

const { maxRecordBytes, maxDepth, maxKeys, maxItems, maxIdChars, maxNameChars, maxTextChars } = DEFAULTS;
const KEYS_OF_SMALLEST = 6;

function codeOf(input: string | Uint8Array, limits?: Partial<AttestationLimits>): string {
  const result = parseAttestation(input, limits);
  return result.ok ? 'accepted' : result.refusal.code;
}

/** A record whose measured quantity is `count`. */
type Make = (count: number) => string;

const limits: readonly [name: string, limit: number, code: string, make: Make][] = [
  ['maxRecordBytes', maxRecordBytes, 'record_too_large', (count) => attestationText().padEnd(count)],
  ['maxDepth', maxDepth, 'too_deep', (count) => attestationTextWith(`"x":${nested(count - 1)}`)],
  ['maxKeys', maxKeys, 'too_many_keys', (count) => attestationTextWith(keys(count - KEYS_OF_SMALLEST))],
  [
    'maxKeys in withheld fields',
    maxKeys,
    'too_many_keys',
    (count) => attestationTextWith(`"input":{${keys(count - KEYS_OF_SMALLEST - 1)}}`),
  ],
  [
    'maxItems',
    maxItems,
    'too_many_items',
    (count) => attestationText({ x: Array(count - 2).fill(0), output: [1, 2] }),
  ],
  [
    'maxKeyChars',
    DEFAULTS.maxKeyChars,
    'key_too_long',
    (count) => attestationText({ x: [{ ['é'.repeat(count)]: 1 }] }),
  ],
  [
    'maxEntities',
    DEFAULTS.maxEntities,
    'too_many_items',
    (count) => attestationText({ impact: { entities: objects(count) } }),
  ],
  [
    'maxConstraints',
    DEFAULTS.maxConstraints,
    'too_many_items',
    (count) => attestationText({ constraints: objects(count) }),
  ],
  [
    'maxRewrites',
    DEFAULTS.maxRewrites,
    'too_many_items',
    (count) => attestationText({ rewrites: objects(count, { op: 'x' }) }),
  ],
  [
    'maxIdChars of agent_id',
    maxIdChars,
    'text_too_long',
    (count) => attestationText({ agent_id: '😀'.repeat(count) }),
  ],
  [
    'maxIdChars of a time',
    maxIdChars,
    'text_too_long',
    (count) => attestationText({ timestamp: `2026-11-20T09:15:30.${'0'.repeat(count - 21)}Z` }),
  ],
  [
    'maxNameChars',
    maxNameChars,
    'text_too_long',
    (count) => attestationText({ agent: { name: 'é'.repeat(count) } }),
  ],
  [
    'maxTextChars',
    maxTextChars,
    'text_too_long',
    (count) => attestationText({ constraints: [{ reason: 'x'.repeat(count) }] }),
  ],
  [
    'MAX_OUTCOME_CHARS',
    MAX_OUTCOME_CHARS,
    'text_too_long',
    (count) => attestationText({ constraints: [{ outcome: '日'.repeat(count) }] }),
  ],
];

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

function keys(count: number): string {
  return Array.from({ length: count }, (_, index) => `"k${index}":0`).join(',');
}

function objects(count: number, like: object = {}): object[] {
  return Array.from({ length: count }, () => ({ ...like }));
}

describe('a limit', () => {
  for (const [name, limit, code, make] of limits) {
    it(`${name} takes one less and exactly ${limit}, and refuses one more`, () => {
      assert.deepEqual(
        [limit - 1, limit, limit + 1].map((count) => codeOf(make(count))),
        ['accepted', 'accepted', code],
      );
    });
  }

  it('can be changed alone, and is named in the message', () => {
    const text = attestationText({ constraints: objects(3) });
    const result = parseAttestation(text, { maxConstraints: 2 });
    assert.ok(!result.ok);
    assert.match(result.refusal.message, /has 3 items; at most 2 .*maxConstraints/);
    assert.equal(codeOf(text, { maxEntities: 2 }), 'accepted');
  });

  it('counts bytes of UTF-8, not characters', () => {
    const text = attestationText({ x: '日'.repeat(100) });
    assert.equal(codeOf(text, { maxRecordBytes: Buffer.byteLength(text) }), 'accepted');
    assert.equal(codeOf(text, { maxRecordBytes: Buffer.byteLength(text) - 1 }), 'record_too_large');
    assert.equal(
      codeOf(Buffer.from(text), { maxRecordBytes: Buffer.byteLength(text) - 1 }),
      'record_too_large',
    );
  });

  it('names the object or list where the count of the whole record went over', () => {
    const result = parseAttestation(attestationText({ x: [{}, { a: 1, b: 2 }] }), { maxKeys: 1 });
    assert.ok(!result.ok);
    assert.deepEqual([result.refusal.code, result.refusal.pointer], ['too_many_keys', '/x/1']);
  });
});

describe('a bomb', () => {
  const MANY = 5_000_000;
  const huge = { maxRecordBytes: 100_000_000 };
  const bombs: readonly [string, () => string, string, Partial<AttestationLimits>][] = [
    ['5 million nested arrays', () => nested(MANY), 'record_too_large', {}],
    ['5 million nested arrays, bytes allowed', () => nested(MANY), 'too_deep', huge],
    ['5 million arrays that never close', () => '['.repeat(MANY), 'too_deep', huge],
    ['1 million nested objects', () => '{"a":'.repeat(1_000_000), 'too_deep', huge],
    ['100 kB of keys', () => attestationTextWith(keys(10_000)), 'too_many_keys', {}],
    ['one key of 200 kB', () => attestationTextWith(`"${'k'.repeat(200_000)}":1`), 'key_too_long', {}],
    [
      '120,000 array items',
      () => attestationTextWith(`"x":[${'0,'.repeat(120_000)}0]`),
      'too_many_items',
      {},
    ],
    ['200 kB of backslashes', () => attestationTextWith(`"x":"${'\\\\'.repeat(100_000)}`), 'not_json', {}],
    ['200 kB of quotes', () => `{"a":${'"'.repeat(200_000)}`, 'not_json', {}],
    [
      '200 kB of digits',
      () => attestationTextWith(`"confidence":${'9'.repeat(200_000)}`),
      'number_out_of_range',
      {},
    ],
    [
      'a fraction of 200 kB',
      () => attestationText({ timestamp: `2026-11-20T09:15:30.${'0'.repeat(200_000)}Z` }),
      'text_too_long',
      {},
    ],
  ];
  for (const [what, make, code, changes] of bombs) {
    // The bound is far above what it takes (a few ms), and far below what a quadratic reader would take (minutes).
    it(`of ${what} is refused as ${code}, at once`, { timeout: 5_000 }, () => {
      assert.equal(codeOf(make(), changes), code);
    });
  }
});
