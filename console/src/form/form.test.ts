import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splunkHecConfigSchema } from '../../../src/connectors/splunk-hec/config.ts';
import { DESTINATION_KINDS } from '../../../src/api/destination-kinds.ts';
import { fieldsOf, labelOf } from './form-field.ts';
import { bodyOf, changesOf, missingOf, pointerOf, valuesOf } from './form-values.ts';
import type { JsonSchema } from './json-schema.ts';

const SPLUNK = fieldsOf(splunkHecConfigSchema);

test('every field that a type of destination may have gets a control', () => {
  for (const [type, { configSchema, credentialsSchema }] of Object.entries(DESTINATION_KINDS)) {
    for (const schema of [configSchema, credentialsSchema] as readonly JsonSchema[]) {
      const leaves = leavesOf(schema);
      assert.deepEqual(fieldsOf(schema).map(pointerOf), leaves, type);
      assert.ok(leaves.length > 0);
    }
  }
});

test('credentials are secret, certificates have room, and defaults are told', () => {
  const { credentialsSchema } = DESTINATION_KINDS.splunk_hec;
  for (const field of fieldsOf(credentialsSchema)) assert.ok(field.secret, field.label);
  const byPointer = new Map(SPLUNK.map((field) => [pointerOf(field), field]));
  assert.equal(byPointer.get('/tls/ca_pem')?.control.kind, 'long_text');
  assert.equal(byPointer.get('/gzip')?.unset, 'on');
  assert.equal(byPointer.get('/sourcetype')?.unset, 'ocsf:aegis');
  assert.equal(byPointer.get('/url')?.required, true);
});

test('an object that went through a form unchanged is the same object', () => {
  const stored = {
    url: 'https://splunk.example.com:8088',
    gzip: false,
    tls: { ca_pem: '-----BEGIN CERTIFICATE-----\n' },
  };
  assert.deepEqual(bodyOf(SPLUNK, valuesOf(SPLUNK, stored)), stored);
});

test('empty fields are left out, spaces around a value too, and numbers are numbers', () => {
  const fields = fieldsOf({
    properties: {
      a: { type: 'string' },
      n: { type: 'integer' },
      m: { type: 'integer' },
      tools: { type: 'array', items: { type: 'string' } },
    },
  });
  assert.deepEqual(bodyOf(fields, { '/a': '  ', '/n': ' 12 ', '/m': '1e3', '/tools': [' db.* ', ''] }), {
    n: 12,
    m: '1e3',
    tools: ['db.*'],
  });
});

test('a change holds what differs, and null for what was taken away', () => {
  assert.deepEqual(changesOf({ a: 1, b: { c: 1 }, d: 'x' }, { a: 1, b: { c: 2 } }), { b: { c: 2 }, d: null });
  assert.deepEqual(changesOf({ a: [1] }, { a: [1] }), {});
});

test('required fields without a value are named', () => {
  assert.deepEqual(missingOf(SPLUNK, { '/url': ' ' }).map(pointerOf), ['/url']);
  assert.deepEqual(missingOf(SPLUNK, { '/url': 'https://splunk.example.com' }), []);
});

test('labels are words', () => {
  assert.equal(labelOf(['dcr_immutable_id']), 'DCR immutable ID');
  assert.equal(labelOf(['tls', 'ca_pem']), 'TLS CA PEM');
});

function leavesOf(schema: JsonSchema, at = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    field.properties === undefined ? [`${at}/${name}`] : leavesOf(field, `${at}/${name}`),
  );
}
