import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, takeAll } from '../../test/delivery/fake-receiver.ts';
import { changeDestination } from '../store/memory/memory-seed.ts';

const HOUR_MS = 3_600_000;

for (const [direction, jumpMs] of [
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
  ['back by a day', -24 * HOUR_MS],
] as const) {
  void test(`a clock that jumps ${direction} while a lane runs neither stops it nor sends anything twice`, async () => {
    const world = new DeliveryWorld();
    const receiver = world.destination(1);
    world.record(1, 2_000);
    const delivery = world.start();
    await world.clock.until(() => receiver.requests.length > 0, 5_000);
    world.clock.offsetMs += jumpMs;
    world.record(2_001, 4_000);
    const tookMs = await world.untilSettled(60_000);
    assert.ok(tookMs < 2_000, `${tookMs} ms`);
    await world.stop(delivery);
    assert.equal(receiver.uids.length, 4_000);
    assert.equal(new Set(receiver.uids).size, 4_000);
  });

  void test(`a clock that jumps ${direction} after the owner of a lane died delays the next one by no more than a lease`, async () => {
    const world = new DeliveryWorld();
    world.destination(1, () => new Promise(() => {}));
    world.record(1, 10);
    const dead = world.start();
    await world.clock.until(() => world.receiver().open > 0, 5_000);
    world.store = world.store.clone();
    world.receiver().behaviour = takeAll;
    world.clock.offsetMs += jumpMs;
    const next = world.start();
    const tookMs = await world.untilSettled(120_000);
    assert.ok(tookMs <= 32_000, `${tookMs} ms`);
    await world.stop(next);
    await world.stop(dead, 0);
  });

  void test(`a pause that was stored before the clock jumped ${direction} is over within the longest pause of its kind`, async () => {
    const world = new DeliveryWorld();
    const receiver = world.destination(1, () => ({
      kind: 'configuration',
      reason: 'invalid_token',
      advice: 'Set the token again',
      answer: answer(403, '4'),
    }));
    world.record(1, 10);
    const first = world.start();
    await world.clock.until(() => receiver.requests.length === 1, 5_000);
    await world.stop(first);
    receiver.behaviour = takeAll;
    world.clock.offsetMs += jumpMs;
    const second = world.start();
    const tookMs = await world.untilSettled(2 * HOUR_MS);
    assert.ok(tookMs <= 300_000, `${tookMs} ms`);
    await world.stop(second);
  });
}

void test('a change of settings ends the stored pause too, whatever order the writes come in', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({
    kind: 'throttled',
    retryAfterMs: HOUR_MS,
    answer: answer(429),
  }));
  world.record(1, 10);
  const first = world.start();
  await world.clock.until(() => receiver.requests.length === 1, 5_000);
  await world.clock.advance(100);
  const lane = world.store.tables.lanes.get(1);
  assert.ok(lane !== undefined);
  const pausedUntilMs = lane.pausedUntilMs;
  assert.ok(pausedUntilMs > world.clock.nowMs());
  receiver.latencyMs = 60_000;
  changeDestination(world.store.tables, 1, { config: { path: '/other' } });
  // The lane's own write of the pause arrives after the change.
  lane.pausedUntilMs = pausedUntilMs;
  await world.clock.until(() => receiver.open === 1, 5_000);
  await world.stop(first, 0);
  assert.equal(lane.pausedUntilMs, 0);
  assert.equal(lane.failureStreak, 0);
});
