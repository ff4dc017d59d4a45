import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, type Behaviour } from '../../test/delivery/fake-receiver.ts';
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

/** Takes nothing now: what was formed waits, and a lane that is told to end has it before itself. */
const BUSY: Behaviour = () => ({ kind: 'throttled', retryAfterMs: 3_000, answer: answer(429) });

void test('a pause that is heard in a stop is kept: what has its numbers is not sent any more', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.behaviour = BUSY;
  const { store, clock } = world;
  const delivery = world.start();
  world.record(1, 10);
  await clock.until(() => receiver.requests.length > 0, 10_000);
  const requests = receiver.requests.length;
  let stopped: Promise<void> | undefined;
  const listDue = store.listDue.bind(store);
  store.listDue = () => {
    stopped ??= delivery.stop();
    return listDue();
  };
  changeDestination(store.tables, 1, { state: 'paused' });
  delivery.wake();
  await clock.until(() => stopped !== undefined, 10_000);
  await clock.advance(30_000);
  await stopped;
  assert.equal(receiver.requests.length, requests);
});

void test('a lane that this process gave back in order leaves no request in doubt, however often it is taken anew', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.confirms = () => ({ confirmed: [] });
  receiver.behaviour = BUSY;
  const { store, clock } = world;
  const delivery = world.start();
  world.record(1, 10);
  await clock.until(() => receiver.requests.length > 0, 10_000);
  for (const _ of [1, 2, 3]) {
    changeDestination(store.tables, 1, { state: 'paused' });
    await clock.advance(10_000);
    changeDestination(store.tables, 1, { state: 'active' });
    await clock.advance(10_000);
  }
  assert.ok((store.tables.lanes.get(1)?.token ?? 0) > 3, 'the lane was taken anew each time');
  assert.ok(world.openBatches() > 0, 'and each time something was formed');
  assert.equal(store.tables.lanes.get(1)?.unheard.requests, 0);
  await world.stop(delivery);
});
