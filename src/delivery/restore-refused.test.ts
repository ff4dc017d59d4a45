import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, takeAll } from '../../test/delivery/fake-receiver.ts';

void test('a tombstone whose event is on its way back to its place is not sent meanwhile, however slow the store is', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({ kind: 'poison', answer: answer(400, '6') }));
  receiver.limits = { ...receiver.limits, maxEvents: 1 };
  world.record(1, 3);
  const { store, clock } = world;
  const tombstonesSent = (): string[] =>
    receiver.requests.flatMap(({ uids }) => uids).filter((uid) => uid.startsWith('†'));
  const replace = store.replaceBatch.bind(store);
  store.replaceBatch = async (...args) => {
    // From the first refused tombstone on each change takes longer than the pause between two probes.
    if (tombstonesSent().length > 0) await clock.sleep(70_000, new AbortController().signal);
    return replace(...args);
  };
  const delivery = world.start();
  await clock.until(() => tombstonesSent().length > 0, 10_000);
  await clock.advance(400_000);
  assert.deepEqual(tombstonesSent(), ['†e1']);
  receiver.behaviour = takeAll;
  await world.untilSettled(600_000);
  await world.stop(delivery);
  assert.deepEqual([...receiver.uids].sort(), ['e1', 'e2', 'e3']);
  assert.deepEqual(world.store.tables.deadLetters, []);
});
