import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { makeSchema, TARGET_FOLDER } from '../../scripts/make-schemas.ts';
import type { JsonObject } from '../json.ts';
import { SCHEMA_VERSIONS, schemaOf } from './schema.ts';
import { validateEvent } from './validate-event.ts';

const SHARED = join(import.meta.dirname, '..', '..', '..', 'shared', 'ocsf');
const skip = existsSync(SHARED) ? false : 'the folder ../shared/ocsf is not here';

const VALID: JsonObject = {
  class_uid: 2001,
  category_uid: 2,
  activity_id: 1,
  type_uid: 200101,
  severity_id: 3,
  severity: 'Medium',
  time: 1_795_166_130_412,
  state_id: 1,
  state: 'New',
  status_id: 2,
  status: 'Failure',
  metadata: { version: '1.1.0', product: { name: 'Aegis', vendor_name: 'Aegis' }, uid: 'a' },
  finding: { uid: 'a', title: 't' },
  resources: [{ uid: 'agent-7' }],
  observables: [{ name: 'resources[].uid', type_id: 99, type: 'AI Agent ID', value: 'agent-7' }],
  unmapped: { anything: { goes: [1, null] } },
};

/** A process with so many parents. */
function nested(depth: number): JsonObject {
  let process: JsonObject = { pid: 1 };
  for (let level = 0; level < depth; level += 1) process = { pid: 1, parent_process: process };
  return process;
}

function codes(change: JsonObject): string[] {
  return validateEvent({ ...VALID, ...change }).map(({ code, path }) => `${code} ${path}`);
}

describe('validateEvent', () => {
  it('finds nothing in a valid event', () => {
    assert.deepEqual(validateEvent(VALID), []);
  });

  const cases: readonly (readonly [string, JsonObject, string])[] = [
    [
      'an unknown version',
      { metadata: { ...(VALID['metadata'] as JsonObject), version: '9.9.9' } },
      'unknown_version metadata.version',
    ],
    ['a class that is not held', { class_uid: 4001 }, 'unknown_class class_uid'],
    ['a missing required attribute', { finding: { uid: 'a' } }, 'missing_required finding.title'],
    [
      'an attribute that the class does not have',
      { actor: { user: { uid: 'a' } } },
      'unknown_attribute actor',
    ],
    [
      'an attribute that an object does not have',
      { finding: { uid: 'a', title: 't', colour: 'red' } },
      'unknown_attribute finding.colour',
    ],
    ['an inherited name as attribute', { toString: 'x' }, 'unknown_attribute toString'],
    ['an attribute of an undeclared profile', { cloud: { provider: 'x' } }, 'undeclared_profile cloud'],
    [
      'a profile that does not exist',
      { metadata: { ...(VALID['metadata'] as JsonObject), profiles: ['nonsense'] } },
      'unknown_profile metadata.profiles',
    ],
    [
      'a profile that the class has no use for',
      { metadata: { ...(VALID['metadata'] as JsonObject), profiles: ['security_control'] } },
      'profile_not_of_class metadata.profiles',
    ],
    [
      'what a declared profile requires',
      { metadata: { ...(VALID['metadata'] as JsonObject), profiles: ['cloud'] } },
      'missing_required cloud',
    ],
    [
      'an inherited name as version',
      { metadata: { version: 'toString' } },
      'unknown_version metadata.version',
    ],
    ['an inherited name as class', { class_uid: 'constructor' }, 'unknown_class class_uid'],
    ['an inherited name as enum value', { severity_id: 'toString' }, 'unknown_enum_value severity_id'],
    [
      'an inherited name as profile',
      { metadata: { ...(VALID['metadata'] as JsonObject), profiles: ['toString'] } },
      'unknown_profile metadata.profiles',
    ],
    [
      'a text that is not as its type wants it',
      { process: { pid: 4, user: { uid: 'u', email_addr: 'nobody' } } },
      'pattern process.user.email_addr',
    ],
    [
      'a number beyond the range of its type',
      { process: { pid: 4, file: { name: 'f', type_id: 1, size: 2 ** 60 } } },
      'out_of_range process.file.size',
    ],
    [
      'a text for true or false',
      { process: { pid: 4, file: { name: 'f', type_id: 1, is_system: 'no' } } },
      'wrong_type process.file.is_system',
    ],
    ['a number for a text', { message: 7 }, 'wrong_type message'],
    ['a wrong item of a list', { data_sources: ['a', 7] }, 'wrong_type data_sources[1]'],
    ['microseconds where milliseconds are due', { time: 1_795_166_130_412_000 }, 'implausible_time time'],
    ['a class name of another class', { class_name: 'API Activity' }, 'wrong_caption class_name'],
    ['a type name of another activity', { type_name: 'Security Finding: Close' }, 'wrong_caption type_name'],
    ['99 without any word', { status_id: 99, status: '' }, 'other_without_word status_id'],
    [
      'an object that cannot be made a text, for an enum value',
      { severity_id: { toString: 1 } },
      'unknown_enum_value severity_id',
    ],
    ['an object for a class', { class_uid: { toString: 1 } }, 'unknown_class class_uid'],
    [
      'an observable whose place holds an object',
      {
        observables: [
          { name: 'unmapped', type_id: 99, type: 'w', value: 'x' },
          { name: 'finding', type_id: 99, type: 'w', value: 'x' },
        ],
      },
      'observable_value observables[1].value',
    ],
    [
      'an object that is nested without end',
      { process: nested(100) },
      `too_deep process${'.parent_process'.repeat(63)}`,
    ],
    ['a text for a number', { severity_id: '3' }, 'wrong_type severity_id'],
    ['a list for an object', { finding: [] }, 'wrong_type finding'],
    ['an object for a list', { resources: { uid: 'a' } }, 'wrong_type resources'],
    ['null', { message: null }, 'null_value message'],
    [
      'a number beyond 32 bits',
      { metadata: { ...(VALID['metadata'] as JsonObject), sequence: 2 ** 31 } },
      'out_of_range metadata.sequence',
    ],
    ['a fraction for a whole number', { count: 1.5 }, 'wrong_type count'],
    ['seconds where milliseconds are due', { time: 1_795_166_130 }, 'implausible_time time'],
    ['a text over the length of its type', { message: 'x'.repeat(65_536) }, 'too_long message'],
    ['an unknown enum value', { severity_id: 42 }, 'unknown_enum_value severity_id'],
    ['a caption that is not the value', { severity: 'High' }, 'wrong_caption severity'],
    ['99 without a word', { status_id: 99, status: 'Other' }, 'other_without_word status_id'],
    ['none of what one is needed of', { resources: [{ type: 'x' }] }, 'at_least_one resources[0]'],
    ['a type_uid that is not class and activity', { activity_id: 2 }, 'wrong_type_uid type_uid'],
    ['a category of another class', { category_uid: 6 }, 'unknown_enum_value category_uid'],
    ['a deprecated attribute', { evidence: { a: 1 } }, 'deprecated_attribute evidence'],
    [
      'an observable that points at nothing',
      { observables: [{ name: 'resources[].name', type_id: 99, type: 'w', value: 'x' }] },
      'observable_path observables[0].name',
    ],
    [
      'an observable that points into unmapped',
      { observables: [{ name: 'unmapped.anything', type_id: 99, type: 'w', value: 'x' }] },
      'observable_path observables[0].name',
    ],
    [
      'an observable with another value',
      { observables: [{ name: 'resources[].uid', type_id: 99, type: 'w', value: 'x' }] },
      'observable_value observables[0].value',
    ],
    [
      'an end before the start',
      { start_time: 1_795_166_130_412, end_time: 1_795_166_130_411 },
      'end_before_start end_time',
    ],
  ];
  for (const [what, change, finding] of cases) {
    it(`refuses ${what}`, () => {
      const found = codes(change);
      assert.ok(found.includes(finding), `${finding} is not in: ${found.join('; ')}`);
    });
  }

  it('refuses a version other than the one asked for, and still says what else is wrong', () => {
    const metadata = { ...(VALID['metadata'] as JsonObject), version: '1.8.0' };
    const found = validateEvent({ ...VALID, metadata, severity_id: 42 }, { version: '1.1.0' });
    assert.deepEqual(
      found.map(({ code }) => code),
      ['wrong_version', 'unknown_enum_value'],
    );
  });

  it('never throws, and bounds its report', () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true }),
        fc.constantFrom(...Object.keys(VALID)),
        (value, name) => {
          for (const event of [value, { ...VALID, [name]: value }])
            assert.ok(validateEvent(event).length <= 100);
        },
      ),
      { numRuns: 300 },
    );
    const noise = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x${index}`, 1]));
    assert.equal(validateEvent({ ...VALID, ...noise }).length, 100);
  });

  it('does not hold a long text against a pattern, since some published ones take quadratic time', () => {
    const found = validateEvent({
      class_uid: 6003,
      metadata: VALID['metadata'],
      src_endpoint: { ip: `::%${' '.repeat(50_000)}\nx` },
    });
    const ofIp = found.filter(({ path }) => path === 'src_endpoint.ip').map(({ code }) => code);
    assert.deepEqual(ofIp, ['too_long']);
  });

  it('misses every attribute that a valid event must have, one at a time', { skip }, () => {
    let removed = 0;
    for (const line of exampleLines()) {
      const schemaClass = schemaOf('1.1.0')?.classes[(JSON.parse(line) as { class_uid: string }).class_uid];
      for (const [name, attribute] of Object.entries(schemaClass?.attributes ?? {})) {
        if (attribute.requirement !== 'required' || attribute.profiles !== undefined) continue;
        const { [name]: _, ...rest } = JSON.parse(line) as JsonObject;
        assert.notDeepEqual(validateEvent(rest), [], name);
        removed += 1;
      }
    }
    assert.ok(removed > 30);
  });

  it('finds a foreign attribute in every closed object of a valid event', { skip }, () => {
    for (const line of exampleLines()) {
      for (const path of closedObjects(JSON.parse(line) as JsonObject)) {
        const event = JSON.parse(line) as JsonObject;
        const object = path.reduce<JsonObject>((at, step) => at[step] as JsonObject, event);
        Object.assign(object, { aegis_foreign: 1 });
        const found = validateEvent(event);
        assert.ok(
          found.some(({ code, path: at }) => code === 'unknown_attribute' && at.endsWith('aegis_foreign')),
          path.join('.'),
        );
      }
    }
  });

  it('refuses what is no object', () => {
    for (const value of [null, [], 'x', 3]) assert.equal(validateEvent(value)[0]?.code, 'not_an_object');
  });

  it('accepts the published examples of 1.1.0 for the classes that it holds', { skip }, () => {
    const lines = exampleLines();
    assert.ok(lines.length > 3);
    for (const line of lines) assert.deepEqual(validateEvent(JSON.parse(line)), []);
  });

  it('holds schemas exactly as their script makes them', { skip }, () => {
    for (const version of SCHEMA_VERSIONS) {
      assert.equal(readFileSync(join(TARGET_FOLDER, `${version}.json`), 'utf8'), makeSchema(SHARED, version));
    }
  });
});

function exampleLines(): string[] {
  return readFileSync(join(SHARED, 'examples', '1.1.0.ndjson'), 'utf8')
    .trim()
    .split('\n');
}

/** Paths to the objects in which not everything may stand. */
function closedObjects(event: JsonObject): string[][] {
  const open = new Set(['unmapped', 'data', 'supporting_data']);
  const paths: string[][] = [];
  const visit = (value: unknown, path: string[]): void => {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) paths.push(path);
    for (const [key, item] of Object.entries(value)) if (!open.has(key)) visit(item, [...path, key]);
  };
  visit(event, []);
  return paths;
}
