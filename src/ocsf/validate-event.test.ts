import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeSchema, SCHEMA_VERSIONS, TARGET_FOLDER } from '../../scripts/make-schemas.ts';
import type { JsonObject } from '../json.ts';
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

  it('refuses what is no object', () => {
    for (const value of [null, [], 'x', 3]) assert.equal(validateEvent(value)[0]?.code, 'not_an_object');
  });

  it('accepts the published examples of 1.1.0 for the classes that it holds', { skip }, () => {
    const lines = readFileSync(join(SHARED, 'examples', '1.1.0.ndjson'), 'utf8')
      .trim()
      .split('\n');
    assert.ok(lines.length > 3);
    for (const line of lines) assert.deepEqual(validateEvent(JSON.parse(line)), []);
  });

  it('holds schemas exactly as their script makes them', { skip }, () => {
    for (const version of SCHEMA_VERSIONS) {
      assert.equal(readFileSync(join(TARGET_FOLDER, `${version}.json`), 'utf8'), makeSchema(SHARED, version));
    }
  });
});
