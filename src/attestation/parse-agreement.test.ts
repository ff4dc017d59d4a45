import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { arbitraryAttestation } from '../../test/support/arbitrary-attestation.ts';
import { arbitraryAttestationText, asciiOnly } from '../../test/support/arbitrary-attestation-text.ts';
import { generateAttestations } from '../../test/support/generate-attestations.ts';
import type { JsonValue } from '../json.ts';
import { ATTESTATION_FIELDS } from './attestation-fields.ts';
import { DEFAULT_ATTESTATION_LIMITS as LIMITS, WITHHELD_FIELDS } from './attestation-limits.ts';
import { attestationSchema } from './attestation-schema.ts';
import { type ExactValue, readExactJson } from './exact-json.ts';
import { OddNumber } from './odd-number.ts';
import { parseAttestation } from './parse-attestation.ts';
import { readObject } from './read-object.ts';
import { Reading } from './reading.ts';
import { Refused } from './refused.ts';

/** What the exact way alone says: a code and a place, or undefined when it accepts. */
function exactRefusal(text: string) {
  try {
    readObject(readExactJson(text, LIMITS.maxDepth), ATTESTATION_FIELDS, new Reading(LIMITS));
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Refused);
    return error.refusal;
  }
}

/** A minus zero as unknown field sends a record down the exact way. */
function sentTheExactWay(text: string): string {
  return `${text.slice(0, text.lastIndexOf('}'))},"odd":-0}`;
}

/** Fields that the contract names, by the schema, which shares nothing with the readers. */
type Schema = { readonly properties?: Readonly<Record<string, Schema>>; readonly items?: Schema };

/** The record as the parser should answer it, but in one tree: null fields gone, normal forms, odd numbers as text. */
function expected(value: ExactValue, schema: Schema | undefined, name = ''): JsonValue {
  if (value instanceof OddNumber) {
    const rounded = schema === undefined ? undefined : value.rounded();
    return rounded === undefined ? value.text : rounded === 0 ? 0 : rounded;
  }
  if (typeof value === 'string' && schema !== undefined && /^(?:verdict|payload_hash|hash)$/.test(name)) {
    return value.toLowerCase();
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return (value as readonly ExactValue[]).map((item) => expected(item, schema?.items));
  }
  const entries = Object.entries(value).flatMap(([key, item]): [string, JsonValue][] => {
    const known = own(schema?.properties, key);
    if (known !== undefined && item === null) return [];
    if (schema === attestationSchema && (WITHHELD_FIELDS as readonly string[]).includes(key)) return [];
    return [[key, expected(item, known, key)]];
  });
  return Object.fromEntries(entries);
}

/** Known and unknown parts put back together. */
function merged(known: unknown, unknown: JsonValue | undefined): JsonValue {
  if (unknown === undefined) return known as JsonValue;
  if (Array.isArray(known)) return known.map((item, index) => merged(item, own(unknown, String(index))));
  if (typeof known !== 'object' || known === null) return unknown;
  const keys = new Set([...Object.keys(known), ...Object.keys(unknown as object)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(own(known, key), own(unknown, key))]));
}

function own(object: unknown, key: string): never | undefined {
  if (typeof object !== 'object' || object === null) return undefined;
  return Object.getOwnPropertyDescriptor(object, key)?.value as never;
}

/** Prototypes and key order left aside. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))
      : item,
  );
}

describe('the parser', () => {
  it('accepts every record, loses nothing of it and invents nothing', () => {
    fc.assert(
      fc.property(arbitraryAttestationText(), (text) => {
        const result = parseAttestation(text);
        assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.refusal));
        assert.equal(result.text, text);
        const { unknown, withheld, time_ms, ...known } = result.attestation;
        const tree = readExactJson(text, LIMITS.maxDepth);
        assert.deepEqual(plain(merged(known, unknown)), plain(expected(tree, attestationSchema as Schema)));
        assert.deepEqual(
          withheld,
          WITHHELD_FIELDS.filter((name) => Object.hasOwn(tree as object, name)),
        );
        assert.equal(time_ms, Date.parse(known.timestamp));
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same answer both ways', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          arbitraryAttestationText(),
          arbitraryAttestation().map((record) => JSON.stringify(record)),
        ),
        (text) => {
          const quick = parseAttestation(text);
          const exact = parseAttestation(sentTheExactWay(text));
          assert.ok(quick.ok && exact.ok);
          const { odd, ...unknown } = exact.attestation.unknown;
          assert.equal(odd, '-0');
          assert.deepEqual(
            { ...exact.attestation, unknown },
            { ...quick.attestation, unknown: { ...quick.attestation.unknown } },
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('accepts nothing that the exact way refuses, whatever was broken in the text', () => {
    const breakage = fc.record({
      at: fc.nat(),
      remove: fc.integer({ min: 0, max: 3 }),
      insert: fc.constantFrom(
        '',
        '"',
        '\\',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '0',
        '-',
        'e',
        '.',
        ' ',
        '\n',
        'null',
        '"verdict":"allow",',
        '"a":1,"a":1,',
        String.raw`\u0000`,
        String.raw`\ud83d`,
        '\ud83d',
        '12345678901234567',
      ),
    });
    fc.assert(
      fc.property(fc.integer(), fc.array(breakage, { minLength: 1, maxLength: 3 }), (seed, breakages) => {
        const [text = ''] = generateAttestations({ seed, count: 1 });
        let broken = text;
        for (const { at, remove, insert } of breakages) {
          const start = at % broken.length;
          broken = broken.slice(0, start) + insert + broken.slice(start + remove);
        }
        const result = parseAttestation(broken);
        const refusal = exactRefusal(broken);
        if (refusal !== undefined) assert.deepEqual(result, { ok: false, refusal });
        if (result.ok) assert.doesNotThrow(() => JSON.parse(broken));
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads what an ASCII-only writer escaped as what it is', () => {
    const [text = ''] = generateAttestations({ seed: 3, count: 1 });
    const record = { ...(JSON.parse(text) as object), note: '😀 日本 \u202e' };
    const ascii = asciiOnly(JSON.stringify(record));
    assert.doesNotMatch(ascii, /[^\u0000-\u007f]/);
    const [plainResult, asciiResult] = [parseAttestation(JSON.stringify(record)), parseAttestation(ascii)];
    assert.ok(plainResult.ok && asciiResult.ok);
    assert.deepEqual(asciiResult.attestation, plainResult.attestation);
  });
});

describe('the schema', () => {
  const validate = new Ajv({ strict: false, allErrors: false }).compile(attestationSchema);
  /** What a schema cannot say (see its comment). */
  const BEYOND_SCHEMA = new Set([
    'bad_timestamp',
    'timestamp_out_of_range',
    'resolves_itself',
    'record_too_large',
    'too_deep',
    'too_many_keys',
    'key_too_long',
  ]);

  function assertAgreement(record: unknown): void {
    const text = JSON.stringify(record);
    const result = parseAttestation(text);
    const isValid = validate(JSON.parse(text));
    if (!result.ok && BEYOND_SCHEMA.has(result.refusal.code)) return;
    assert.equal(
      isValid,
      result.ok,
      `${result.ok ? 'accepted' : JSON.stringify(result.refusal)}, but the schema: ${JSON.stringify(validate.errors)}`,
    );
  }

  it('accepts what the parser accepts', () => {
    fc.assert(
      fc.property(arbitraryAttestation(), (record) => validate(JSON.parse(JSON.stringify(record)))),
      { numRuns: 60 },
    );
  });

  it('agrees with the parser when any field holds anything', () => {
    const places = placesOf(attestationSchema as Schema, []);
    const values = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        '',
        'x',
        'a.b',
        '.a',
        'a.',
        'a\n.b',
        'a.\n',
        'ALLOW',
        'low',
        'v1',
        true,
        0,
        1,
        -1,
        0.5,
        2,
        1.5,
        9_007_199_254_740_991,
        [],
        {},
        [null],
        [{}],
        [[]],
      ),
      fc
        .constantFrom(64, 65, 256, 257, 1_024, 1_025, 65_536, 65_537)
        .map((count) => '😀'.slice(0, 2).repeat(count)),
      fc.constantFrom(
        'a'.repeat(64),
        'A'.repeat(63),
        '2026-11-20T09:15:30Z',
        '2026-11-20',
        '0193476d-3f10-7a51-8c3e-5a8d0c1b2e09',
      ),
      fc.constantFrom(500, 501).map((count) => Array.from({ length: count }, () => ({ op: 'x' }))),
    );
    fc.assert(
      fc.property(
        arbitraryAttestation(),
        fc.array(fc.tuple(fc.constantFrom(...places), values), { minLength: 1, maxLength: 2 }),
        (record, changes) => {
          const changed = JSON.parse(JSON.stringify(record)) as Record<string, unknown>;
          for (const [place, value] of changes) setAt(changed, place, value);
          assertAgreement(changed);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('asks for every field that the parser asks for, and names every field that it reads', () => {
    assert.deepEqual([...ATTESTATION_FIELDS.required].sort(), [...attestationSchema.required].sort());
    const named = [...ATTESTATION_FIELDS.byName.keys()].filter(
      (name) => !(WITHHELD_FIELDS as readonly string[]).includes(name),
    );
    assert.deepEqual(named.sort(), Object.keys(attestationSchema.properties).sort());
  });
});

/** Every place of the contract, as steps; item 0 stands for the items of a list. */
function placesOf({ properties, items }: Schema, above: readonly string[]): readonly (readonly string[])[] {
  const inside = items === undefined ? Object.entries(properties ?? {}) : [['0', items] as const];
  return inside.flatMap(([step, schema]) => [[...above, step], ...placesOf(schema, [...above, step])]);
}

function setAt(record: Record<string, unknown>, place: readonly string[], value: unknown): void {
  let object = record;
  for (const [index, step] of place.slice(0, -1).entries()) {
    const next = object[step];
    if (typeof next !== 'object' || next === null) object[step] = place[index + 1] === '0' ? [] : {};
    object = object[step] as Record<string, unknown>;
  }
  object[place.at(-1) ?? ''] = value;
}
