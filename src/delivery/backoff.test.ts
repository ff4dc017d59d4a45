import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs, pauseMs, spreadMs } from './backoff.ts';
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
  assert.equal(pauseMs(7_000, 5, 0, limits), 7_000);
  assert.equal(pauseMs(1e15, 5, 0.5, limits), limits.retryAfterMaxMs);
  for (const nonsense of [undefined, 0, -1, NaN, Infinity]) {
    assert.equal(pauseMs(nonsense, 5, 0.5, limits), 8_000);
  }
});

void test('a wait that is the same for many is spread: never shorter, a quarter longer at most, and no more than 15 seconds', () => {
  assert.equal(pauseMs(8_000, 5, 0.5, limits), 9_000);
  assert.equal(spreadMs(60_000, 0), 60_000);
  assert.equal(spreadMs(60_000, 0.999_999), 74_999);
  assert.equal(spreadMs(3_600_000, 0.5), 3_607_500);
});
