import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, type FakeReceiver } from '../../test/delivery/fake-receiver.ts';
import { changeDestination } from '../store/memory/memory-seed.ts';
import { DEFAULT_DELIVERY_LIMITS } from './delivery-limits.ts';
import { afterNoAcknowledgement, NOT_ACKNOWLEDGED_REASON } from './unacknowledged.ts';

const HOUR_MS = 3_600_000;
/** Hours pass here, and nobody else writes: looking four times a second would only cost time. */
const SELDOM = { pollMs: 30_000 };

/** Takes everything and acknowledges nothing, as collectors behind a balancer that mixes them. */
function forgetful(world: DeliveryWorld): FakeReceiver {
  const receiver = world.destination(1);
  receiver.limits = { ...receiver.limits, maxEvents: 10 };
  let nextId = 0;
  receiver.behaviour = (events, take) => {
    take(events);
    nextId += 1;
    return { kind: 'accepted', ackId: nextId - 1, answer: answer(200, '0') };
  };
  receiver.confirms = () => ({ confirmed: [] });
  return receiver;
}

void test('where no acknowledgement ever comes, one batch at a time is sent again, ever more seldom, and health says why', async () => {
  const world = new DeliveryWorld();
  const receiver = forgetful(world);
  world.record(1, 2_000);
  const delivery = world.start({ limits: SELDOM });
  await world.clock.advance(4 * 60_000);
  const window = receiver.requests.length;
  assert.equal(window, DEFAULT_DELIVERY_LIMITS.maxOpenBatches, 'the bounded window, once');
  await world.clock.advance(24 * HOUR_MS);
  const repeats = receiver.requests.slice(window);
  assert.ok(repeats.length > 20 && repeats.length < 40, `${repeats.length} repeats in a day`);
  const gaps = repeats.slice(1).map((request, index) => request.atMs - (repeats[index]?.atMs ?? 0));
  assert.ok(gaps.every((gap) => gap >= 5 * 60_000));
  assert.ok((gaps.at(-1) ?? 0) > HOUR_MS && (gaps.at(-1) ?? 0) < 1.2 * HOUR_MS);
  assert.equal(world.openRows(), 2_000, 'nothing is given up');
  assert.deepEqual(world.seen.duplicates, { ack_timeout: repeats.length * 10 });
  const { health } = world.store.tables.destinations.get(1) ?? {};
  assert.equal(health?.state, 'failing');
  assert.equal(health.reason, NOT_ACKNOWLEDGED_REASON);
  assert.match(health.message ?? '', /load balancer.*one collector.*indexer_acknowledgement/s);
  assert.equal(world.seen.health.length, 1, 'said once');

  receiver.confirms = (ids) => ({ confirmed: [...ids] });
  await world.untilSettled(3 * HOUR_MS);
  assert.equal(world.store.tables.destinations.get(1)?.health.state, 'healthy');
  assert.equal(new Set(receiver.uids).size, 2_000);
  await world.stop(delivery);
});

void test('a restart does not begin the flood of repeats anew', async () => {
  const world = new DeliveryWorld();
  const receiver = forgetful(world);
  world.record(1, 2_000);
  const first = world.start({ limits: SELDOM });
  await world.clock.advance(6 * HOUR_MS);
  await world.stop(first);
  const before = receiver.requests.length;
  const second = world.start({ limits: SELDOM });
  await world.clock.advance(HOUR_MS);
  assert.ok(
    receiver.requests.length - before <= 2,
    `${receiver.requests.length - before} requests in an hour`,
  );
  await world.stop(second);
});

void test('a batch that alone is not acknowledged goes again beside the others, and nobody is blamed', async () => {
  const world = new DeliveryWorld();
  const receiver = forgetful(world);
  let asked = 0;
  receiver.confirms = (ids) => {
    asked += 1;
    return { confirmed: ids.filter((id) => id !== 0 && asked > 0) };
  };
  world.record(1, 30);
  const delivery = world.start({ limits: SELDOM });
  await world.clock.until(() => world.openRows() === 10, 60_000);
  world.record(31, 60);
  delivery.wake();
  await world.untilSettled(400_000);
  await world.stop(delivery);
  assert.deepEqual(world.seen.health, []);
  assert.deepEqual(world.seen.duplicates, { ack_timeout: 10 });
});

void test('new settings are tried at once, and with acknowledgement off everything goes', async () => {
  const world = new DeliveryWorld();
  const receiver = forgetful(world);
  world.record(1, 200);
  const delivery = world.start({ limits: SELDOM });
  await world.clock.advance(6 * HOUR_MS);
  receiver.confirms = undefined;
  receiver.behaviour = (events, take) => {
    take(events);
    return { kind: 'delivered', answer: answer(200, '0') };
  };
  changeDestination(world.store.tables, 1, { config: { indexer_acknowledgement: false } });
  delivery.wake();
  const tookMs = await world.untilSettled(30_000);
  assert.ok(tookMs < 15_000, `${tookMs}`);
  assert.equal(world.store.tables.destinations.get(1)?.health.state, 'healthy');
  await world.stop(delivery);
});

void test('a wait that the destination asked for is not cut short by acknowledgements that do not come', async () => {
  const world = new DeliveryWorld();
  const receiver = forgetful(world);
  world.record(1, 10);
  const delivery = world.start({ limits: SELDOM });
  await world.clock.until(() => receiver.requests.length === 1, 5_000);
  await world.clock.advance(200_000);
  receiver.behaviour = () => ({ kind: 'throttled', retryAfterMs: HOUR_MS, answer: answer(429) });
  world.record(11, 20);
  delivery.wake();
  await world.clock.until(() => receiver.requests.length === 2, 5_000);
  await world.clock.advance(HOUR_MS - 60_000);
  assert.equal(receiver.requests.length, 2);
  await world.stop(delivery);
});

void test('pauses between repeats double from a minute to an hour, after one that is made at once', () => {
  const pauses = [1, 2, 3, 4, 20, 1_000].map(
    (rounds) => afterNoAcknowledgement(rounds, DEFAULT_DELIVERY_LIMITS).pauseMs,
  );
  assert.deepEqual(pauses, [0, 60_000, 120_000, 240_000, HOUR_MS, HOUR_MS]);
});
