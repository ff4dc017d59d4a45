import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bothObservers } from './both-observers.ts';
import { type DeliveryObserver, guardObserver } from './delivery/delivery-observer.ts';
import { OBSERVER_CALLS } from './delivery-messages.ts';

test('each of two observers is told of each call that it knows, and a guarded one that throws harms nobody', () => {
  const seen: string[] = [];
  const errors: unknown[] = [];
  const first = Object.fromEntries(OBSERVER_CALLS.map((call) => [call, () => void seen.push(call)]));
  const second: DeliveryObserver = {
    storeFailed: ({ code }) => void seen.push(`second ${code}`),
    looked: () => {
      throw new Error('broken');
    },
  };
  const both = bothObservers(
    first,
    guardObserver(second, (error) => void errors.push(error)),
  );
  both.storeFailed?.({ code: 'busy' });
  both.looked?.({ destinations: 1 });
  both.reconciled?.({ missedEnqueued: 0, repairedEnqueued: 0, more: false });
  assert.deepEqual(seen, ['storeFailed', 'second busy', 'looked', 'reconciled']);
  assert.equal(errors.length, 1);
});
