import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';

void test('what the filter leaves out takes no number, is finished and counted; the others are sent without a gap', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  for (let number = 1; number <= 40; number += 1) world.record(number, number, { leftOut: number % 3 !== 0 });
  const delivery = world.start();
  await world.clock.advance(5_000);
  await delivery.stop(0);
  assert.deepEqual(
    receiver.taken.map(({ uid, seq }) => [uid, seq]),
    Array.from({ length: 13 }, (_, index) => [`e${(index + 1) * 3}`, index + 1]),
  );
  assert.equal(
    world.seen.finished.reduce((sum, batch) => sum + batch.leftOut, 0),
    27,
  );
  assert.equal(world.store.tables.outbox.get(1)?.size ?? 0, 0);
});

void test('a backlog of nothing that passes is finished without any request', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  world.record(1, 3_000, { leftOut: true });
  const delivery = world.start();
  await world.clock.advance(5_000);
  world.record(3_001, 3_001);
  delivery.wake();
  await world.clock.advance(1_000);
  await delivery.stop(0);
  assert.deepEqual(
    receiver.taken.map(({ uid, seq }) => [uid, seq]),
    [['e3001', 1]],
  );
  assert.equal(receiver.requests.length, 1);
});
