import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeCursor, encodeCursor } from './cursor.ts';

void describe('cursor', () => {
  void test('gives back the key that it was made from', () => {
    const key = [7, 'id with ünï and "quotes"'] as const;
    assert.deepEqual(decodeCursor(encodeCursor(key), ['number', 'string']), key);
    assert.match(encodeCursor(key), /^[\w-]+$/);
  });

  for (const [name, cursor] of [
    ['an empty text', ''],
    ['no base64url', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['another shape', encodeCursor(['7', 'id'])],
    ['too few parts', encodeCursor([7])],
    ['a number that is no integer', Buffer.from('[1.5,"id"]').toString('base64url')],
    ['a text of ten kilobytes', 'A'.repeat(10_000)],
  ] as const) {
    void test(`refuses ${name}`, () => {
      assert.throws(() => decodeCursor(cursor, ['number', 'string']), { code: 'invalid_cursor' });
    });
  }
});
