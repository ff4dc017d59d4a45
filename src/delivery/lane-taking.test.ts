import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { changeDestination } from '../store/memory/memory-seed.ts';

void test('a pause that comes while a lane is being taken is heard before anything is sent', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  world.record(1, 10);
  const { store, clock } = world;
  const take = store.takeLane.bind(store);
  store.takeLane = async (...args) => {
    await clock.sleep(600, new AbortController().signal);
    return take(...args);
  };
  const delivery = world.start();
  await clock.advance(100);
  changeDestination(store.tables, 1, { state: 'paused' });
  await clock.advance(3_000);
  assert.equal(receiver.requests.length, 0);
  changeDestination(store.tables, 1, { state: 'active' });
  await world.untilSettled(10_000);
  await world.stop(delivery);
});
