import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, takeAll } from '../../test/delivery/fake-receiver.ts';

test('after a pause one request goes first, a full batch of what waits; the others follow once it is taken', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({ kind: 'transient', answer: answer(503) }));
  world.record(1, 5_000);
  const delivery = world.start();
  await world.clock.advance(120_000);
  const failed = receiver.requests.length;
  assert.ok(failed > 6);
  let answered = Promise.withResolvers<void>();
  receiver.mostOpen = 0;
  receiver.behaviour = async (events, take, requestNo) => {
    await answered.promise;
    return takeAll(events, take, requestNo);
  };
  await world.clock.until(() => receiver.open === 1, 310_000);
  await world.clock.advance(20_000);
  assert.equal(receiver.mostOpen, 1, 'the probe alone is under way');
  answered.resolve();
  answered = Promise.withResolvers<void>();
  await world.clock.until(() => receiver.open === 4, 5_000);
  assert.equal(receiver.requests[failed]?.uids.length, 512, 'the probe carried a real batch');
  answered.resolve();
  receiver.behaviour = takeAll;
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.equal(new Set(receiver.uids).size, 5_000);
});

test('a probe that fails lets nothing else out, and the next pause is longer', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({ kind: 'transient', answer: answer(503) }));
  receiver.limits = { ...receiver.limits, maxEvents: 10 };
  world.record(1, 1_000);
  const delivery = world.start();
  await world.clock.advance(1_800_000);
  await world.stop(delivery);
  const starts = receiver.requests.slice(4).map(({ atMs }) => atMs);
  const gaps = starts.slice(1).map((atMs, index) => atMs - (starts[index] ?? 0));
  assert.ok(gaps.length >= 8 && gaps.every((gap) => gap >= 400), 'one at a time');
  assert.ok((gaps.at(-1) ?? 0) > 100_000, `${gaps.at(-1)}`);
});

test('a wait that was asked for, and the row of failures, outlive the process', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({
    kind: 'throttled',
    retryAfterMs: 600_000,
    answer: answer(429),
  }));
  world.record(1, 10);
  const first = world.start();
  await world.clock.until(() => receiver.requests.length === 1, 5_000);
  await world.clock.advance(100);
  await world.stop(first);
  const atMs = receiver.requests[0]?.atMs ?? 0;
  const second = world.start();
  await world.clock.advance(590_000);
  assert.equal(receiver.requests.length, 1, 'the next process waits on');
  receiver.behaviour = () => ({ kind: 'transient', answer: answer(502) });
  await world.clock.until(() => receiver.requests.length === 2, 60_000);
  assert.ok((receiver.requests[1]?.atMs ?? 0) >= atMs + 600_000);
  await world.clock.advance(100);
  assert.equal(
    world.store.tables.lanes.get(1)?.failureStreak,
    2,
    'the second failure in a row, not a first one',
  );
  await world.stop(second);
});
