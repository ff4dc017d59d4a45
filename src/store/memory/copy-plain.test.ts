import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyPlain } from './copy-plain.ts';

void test('a copy is equal and shares nothing that can be changed', () => {
  const original = { list: [1, { deep: 'a' }], bytes: new Uint8Array([1, 2]), none: null, absent: undefined };
  const copy = copyPlain(original);
  assert.deepEqual(copy, original);
  copy.list.push(2);
  copy.bytes[0] = 9;
  assert.deepEqual(original, {
    list: [1, { deep: 'a' }],
    bytes: new Uint8Array([1, 2]),
    none: null,
    absent: undefined,
  });
});
