import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_FAILED_SIGN_INS, MAX_REMEMBERED_ADDRESSES, SignInLimit } from './sign-in-limit.ts';

test('remembers a bounded number of addresses, and forgets the oldest first', () => {
  const limit = new SignInLimit();
  const fail = (address: string): void => {
    for (let count = 0; count < MAX_FAILED_SIGN_INS; count += 1) limit.failed(address, 0);
  };
  fail('192.0.2.1');
  fail('192.0.2.2');
  for (let index = 2; index < MAX_REMEMBERED_ADDRESSES + 1; index += 1) {
    limit.failed(`10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`, 0);
  }
  assert.equal(limit.remembered, MAX_REMEMBERED_ADDRESSES);
  limit.check('192.0.2.1', 1);
  assert.throws(() => limit.check('::ffff:192.0.2.2', 1), { code: 'too_many_sign_ins' });
});

test('a clock that jumps back locks nobody out', () => {
  const limit = new SignInLimit();
  for (let count = 0; count < MAX_FAILED_SIGN_INS; count += 1) limit.failed('192.0.2.1', 1e12);
  assert.throws(() => limit.check('192.0.2.1', 1e12 + 1));
  limit.check('192.0.2.1', 5);
});
