import fc from 'fast-check';
import { DEFAULT_ATTESTATION_LIMITS } from '../../src/attestation/attestation-limits.ts';
import { arbitraryAttestation } from './arbitrary-attestation.ts';

export interface TextOptions {
  /** Without line ends between the parts, for NDJSON. */
  readonly oneLine?: boolean;
}

const NUMBERS = [
  '9007199254740993',
  '123456789012345678901234567890',
  '1e400',
  '1E-400',
  '-0',
  '-0.0e1',
  '0.1000000000000000055511151231257827',
  '0.30000000000000004',
  '5e-324',
  '1.0',
  '-1.5e+3',
  '9007199254740991',
] as const;

const STRINGS = [
  '""',
  String.raw`"\ud83d\ude00"`,
  String.raw`"\\ud83d"`,
  String.raw`"\u202e\u001b[31m\u2028"`,
  String.raw`"\"}],{[:\\"`,
  '"日本 😀"',
] as const;

/** Keys that mean something to JavaScript, to JSON pointers, or to nobody. None that `arbitraryAttestation` writes itself. */
const KEYS = [
  '__proto__',
  'toString',
  'hasOwnProperty',
  'prototype',
  'a/b~c',
  '',
  'é 😀',
  '0',
  'time_ms',
  'unknown',
  'withheld',
];
const DEEPEST = 24;

/** Raw JSON with numbers and keys that `JSON.stringify` cannot write. */
const { rawValue } = fc.letrec<{ rawValue: string }>((tie) => ({
  rawValue: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...NUMBERS, ...STRINGS, 'null', 'true'),
    fc.array(tie('rawValue'), { maxLength: 3 }).map((items) => `[${items.join(' , ')}]`),
    members(tie('rawValue')).map((inside) => `{ ${inside} }`),
  ),
}));

const deepValue = fc
  .tuple(fc.integer({ min: 1, max: DEEPEST }), fc.constantFrom('[]', '{}'))
  .map(([depth, kind]) =>
    kind === '[]' ? '['.repeat(depth) + ']'.repeat(depth) : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  );

function members(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom(...KEYS), value), { selector: ([key]) => key, maxLength: 4 })
    .map((pairs) => pairs.map(([key, raw]) => `${JSON.stringify(key)}:${raw}`).join(','));
}

/**
 * The JSON text of a record that the parser accepts, as hostile as it may be: `arbitraryAttestation`, in several spellings
 * (plain, ASCII only, indented), with unknown fields that `JSON.stringify` cannot write: numbers that a double would change,
 * keys such as `__proto__`, deep values.
 */
export function arbitraryAttestationText(options: TextOptions = {}): fc.Arbitrary<string> {
  const spellings =
    options.oneLine === true ? (['plain', 'ascii'] as const) : (['plain', 'ascii', 'indented'] as const);
  return fc
    .tuple(arbitraryAttestation(), fc.constantFrom(...spellings), members(fc.oneof(rawValue, deepValue)))
    .map(([record, spelling, raw]) => {
      const text = JSON.stringify(record, null, spelling === 'indented' ? 2 : 0);
      const spelled = spelling === 'ascii' ? asciiOnly(text) : text;
      return raw === '' ? spelled : `${spelled.slice(0, spelled.lastIndexOf('}'))},${raw}}`;
    })
    .filter((text) => Buffer.byteLength(text) <= DEFAULT_ATTESTATION_LIMITS.maxRecordBytes);
}

/** As writers that keep to ASCII do it. */
export function asciiOnly(json: string): string {
  return json.replaceAll(
    /[^\u0000-\u007f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
