import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { DEFAULT_DELIVERY_LIMITS } from './delivery-limits.ts';
import { MemoryDeliveryStore } from '../store/memory/memory-delivery-store.ts';
import type { ReconcileReport } from '../outbox/delivery-store.ts';

/** Always has more to look at, as after a start with a million records that wait. */
class EndlesslyBehind extends MemoryDeliveryStore {
  steps = 0;

  override async reconcile(): Promise<ReconcileReport> {
    this.steps += 1;
    return { missedEnqueued: 0, repairedEnqueued: 0, more: true };
  }
}

void test('the first batch is sent before the reconciler looks, and the lanes get their turn before each further step', async () => {
  const world = new DeliveryWorld();
  const store = new EndlesslyBehind(() => world.clock.nowMs());
  world.store = store;
  const receiver = world.destination(1);
  world.record(1, 10);
  const delivery = world.start();
  await world.clock.until(() => receiver.open === 1, 5, 'the first request being on its way');
  assert.equal(store.steps, 0, 'no step stands before the first batch');
  const { reconcileStepPauseMs } = DEFAULT_DELIVERY_LIMITS;
  await world.clock.until(() => store.steps === 1, reconcileStepPauseMs);
  for (const steps of [2, 3]) {
    await world.clock.advance(reconcileStepPauseMs);
    assert.equal(store.steps, steps);
  }
  await world.stop(delivery);
});
