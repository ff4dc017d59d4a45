import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schemaOf } from './schema.ts';

void test('the schema has no place in which the signature of a decision would be true: it travels in unmapped', () => {
  const schema = schemaOf('1.9.0');
  const signature = schema?.objects['digital_signature'];
  const attestation = schema?.objects['attestation'];
  assert.ok(signature !== undefined && attestation !== undefined);
  // What is signed is the event, and the bytes of the signature have no attribute.
  assert.deepEqual(
    Object.keys(signature.attributes).filter((name) => /value|bytes|signature|raw/.test(name)),
    [],
  );
  assert.ok(
    !Object.values(signature.attributes['algorithm_id']?.enum ?? {}).some((word) =>
      /ed25519|eddsa/i.test(JSON.stringify(word)),
    ),
  );
  assert.deepEqual(attestation.constraints, { at_least_one: ['fingerprint', 'signatures'] });
  assert.ok(!('value' in attestation.attributes));
});
