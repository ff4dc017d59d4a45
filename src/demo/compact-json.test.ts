import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../json.ts';
import { compactJson } from './compact-json.ts';

test('is the same JSON, whatever the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.stringify(value);
      assert.equal(JSON.stringify(JSON.parse(compactJson(value as JsonValue))), plain);
    }),
  );
});

test('keeps on one line what fits there', () => {
  const long = 'x'.repeat(100);
  assert.equal(
    compactJson({ short: [1, 2], long, more: {} }),
    `{\n  "short": [1,2],\n  "long": "${long}",\n  "more": {}\n}`,
  );
});
