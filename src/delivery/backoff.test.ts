import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs, pauseMs } from './backoff.ts';
import { DEFAULT_DELIVERY_LIMITS as limits } from './delivery-limits.ts';

void test('the ceiling doubles from one second to five minutes and stays there', () => {
  const ceilings = [1, 2, 3, 8, 9, 10, 1_000_000].map((streak) => backoffMs(streak, 0.999_999, limits));
  assert.deepEqual(ceilings, [999, 1_999, 3_999, 127_999, 255_999, 299_999, 299_999]);
});

void test('jitter is full: anything from the floor to the ceiling', () => {
  assert.equal(backoffMs(9, 0, limits), limits.backoffFloorMs);
  assert.equal(backoffMs(9, 0.5, limits), 128_000);
});

void test('a remote that says when to come back is obeyed, within the limit; nonsense counts as no word', () => {
  assert.equal(pauseMs(7_000, 5, 0.5, limits), 7_000);
  assert.equal(pauseMs(1e15, 5, 0.5, limits), limits.retryAfterMaxMs);
  for (const nonsense of [undefined, 0, -1, NaN, Infinity]) {
    assert.equal(pauseMs(nonsense, 5, 0.5, limits), 8_000);
  }
});
