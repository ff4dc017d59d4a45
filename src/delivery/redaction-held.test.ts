import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeDestination } from '../store/memory/memory-seed.ts';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import type { OcsfSettings } from '../ocsf/ocsf-event.ts';
import { UnsealError } from '../secrets/unseal-error.ts';

const HASHING: OcsfSettings = {
  classUid: 2001,
  version: '1.1.0',
  redaction: [{ fields: ['agent_id'], action: 'hash' }],
};

void test('a redaction whose key cannot be opened holds the destination, and nothing is sent until it can', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  changeDestination(world.store.tables, 1, { ocsf: HASHING });
  world.record(1, 5);
  let key: string | undefined;
  const delivery = world.start({
    openRedactionKey: () => {
      if (key !== undefined) return key;
      throw new UnsealError('key_missing', 'The key k1 is not loaded.');
    },
  });
  await world.clock.advance(600_000);
  assert.equal(receiver.requests.length, 0);
  const held = world.seen.health.at(-1)?.to;
  assert.deepEqual([held?.state, held?.reason], ['held', 'redaction_key_unreadable']);
  assert.match(held?.message ?? '', /key k1 is not loaded.*Nothing is sent unredacted.*redaction_key/);

  key = 'a key of the test, long enough to be one';
  changeDestination(world.store.tables, 1, { sealed: { redaction_key: 'sealed' } });
  delivery.wake();
  await world.untilSettled(60_000);
  assert.deepEqual(receiver.uids, ['e1', 'e2', 'e3', 'e4', 'e5']);
  assert.equal(world.seen.health.at(-1)?.to.state, 'healthy');
  await world.stop(delivery);
});

void test('settings that cannot be carried out end the sending that went on under the former ones', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  world.record(1, 3);
  const delivery = world.start();
  await world.untilSettled(60_000);
  changeDestination(world.store.tables, 1, { ocsf: HASHING });
  delivery.wake();
  await world.clock.advance(1_000);
  world.record(4, 6);
  delivery.wake();
  await world.clock.advance(120_000);
  assert.deepEqual(receiver.uids, ['e1', 'e2', 'e3']);
  assert.equal(world.seen.health.at(-1)?.to.reason, 'redaction_key_missing');
  assert.equal(world.openRows(), 3);
  await world.stop(delivery);
});
