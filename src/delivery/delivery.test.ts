import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';

void test('delivers every record once, in batches, with numbers from 1 without a gap', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  world.record(1, 2_000);
  const delivery = world.start();
  await world.untilSettled(10_000);
  await world.stop(delivery);
  assert.deepEqual(
    receiver.taken.map((event) => event.seq).sort((a, b) => a - b),
    Array.from({ length: 2_000 }, (_, index) => index + 1),
  );
  assert.equal(new Set(receiver.uids).size, 2_000);
  assert.equal(receiver.requests.length, 4);
  assert.equal(receiver.mostOpen, 4);
  assert.deepEqual(world.seen.duplicates, {});
  assert.equal(world.store.tables.receipts.length, 4);
  assert.deepEqual(world.seen.lanes, ['taken', 'released']);
});
