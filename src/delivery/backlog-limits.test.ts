import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, takeAll } from '../../test/delivery/fake-receiver.ts';
import { plainBody } from '../../test/delivery/plain-renderer.ts';
import type { BacklogLimits } from '../outbox/destination.ts';
import { MemoryBacklogStore } from '../store/memory/memory-backlog-store.ts';
import { changeDestination, seedDestination } from '../store/memory/memory-seed.ts';
import type { LimitAlarm } from './delivery-observer.ts';

const HOUR_MS = 3_600_000;
const DOWN = () => ({ kind: 'transient' as const, answer: answer(502) });

/** A world with limits, where record `n` came `n` minutes after the start. */
function limitedWorld(limits: BacklogLimits) {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  seedDestination(world.store.tables, { destinationNo: 1, limits });
  const startMs = world.clock.nowMs();
  const backlog = new MemoryBacklogStore(world.store.tables, (recordNo) => startMs + recordNo * 60_000);
  const alarms: LimitAlarm[] = [];
  const start = () =>
    world.start({
      backlog,
      limits: { pollMs: 10_000 },
      observer: { limitAlarm: (alarm) => alarms.push(alarm) },
    });
  return { world, receiver, alarms, start };
}

/** As an operator does over the API: settings, and with them the version. */
function changeLimits(world: DeliveryWorld, limits: BacklogLimits): void {
  const changed = changeDestination(world.store.tables, 1, {});
  world.store.tables.destinations.set(1, { ...changed, limits });
}

const levels = (alarms: readonly LimitAlarm[]): string[] =>
  alarms.map(({ limit, before, after }) => `${limit} ${before}>${after}`);

test('what waited for longer than the limit is a tombstone in its place and a dead letter; the rest is delivered', async () => {
  const { world, receiver, alarms, start } = limitedWorld({ maxAgeMs: HOUR_MS });
  receiver.behaviour = DOWN;
  world.record(1, 100);
  const delivery = start();
  // Records up to number 40 are over an hour old at minute 100.
  await world.clock.advance(100 * 60_000);
  const lettersWhileDown = world.store.tables.deadLetters.length;
  assert.equal(world.openRows(), 100);
  receiver.behaviour = takeAll;
  await world.untilSettled(HOUR_MS);
  await world.stop(delivery);
  assert.equal(lettersWhileDown, 0, 'nothing is given up while the destination takes nothing');
  const dead = world.store.tables.deadLetters;
  const tombstones = receiver.taken.filter(({ kind }) => kind === 'tombstone').map(({ uid }) => uid);
  assert.deepEqual(levels(alarms).slice(0, 4), ['age 0>50', 'age 50>70', 'age 70>90', 'age 90>100']);
  assert.equal(dead.length + receiver.uids.length, 100);
  assert.deepEqual(
    tombstones,
    dead.map(({ recordNo }) => `†e${recordNo}`),
  );
  assert.ok(dead.every(({ code, message }) => code === 'limit_age' && message.includes('max_age_seconds')));
  const numbers = receiver.taken.map(({ seq }) => seq);
  assert.deepEqual(
    [...new Set(numbers)].sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
});

test('a batch that had its numbers before the limit was passed is delivered as it is', async () => {
  const { world, receiver, start } = limitedWorld({ maxAgeMs: HOUR_MS });
  receiver.limits = { ...receiver.limits, maxEvents: 10 };
  receiver.behaviour = DOWN;
  world.record(1, 10);
  const delivery = start();
  await world.clock.until(() => world.openBatches() === 1, 60_000);
  await world.clock.advance(5 * HOUR_MS);
  receiver.behaviour = takeAll;
  await world.untilSettled(HOUR_MS);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 10);
  assert.deepEqual(world.store.tables.deadLetters, []);
});

for (const [name, limits, code] of [
  ['rows', { maxRows: 250 }, 'limit_rows'],
  ['bytes', { maxBytes: 250 * Buffer.byteLength(plainBody('e101')) }, 'limit_bytes'],
] as const) {
  test(`the oldest beyond the limit of ${name} become dead letters, exactly those`, async () => {
    const { world, receiver, alarms, start } = limitedWorld(limits);
    world.record(101, 500);
    const delivery = start();
    await world.untilSettled(HOUR_MS);
    await world.stop(delivery);
    assert.deepEqual(
      world.store.tables.deadLetters.map((letter) => [letter.recordNo, letter.code]),
      Array.from({ length: 150 }, (_, index) => [index + 1, code]),
    );
    assert.equal(receiver.uids.length, 250);
    assert.equal(receiver.uids[0], 'e251');
    assert.equal(alarms[0]?.after, 100);
  });
}

test('without a limit nothing ever becomes a dead letter by waiting', async () => {
  const { world, receiver, alarms, start } = limitedWorld({});
  receiver.behaviour = DOWN;
  world.record(1, 500);
  const delivery = start();
  await world.clock.advance(3 * HOUR_MS);
  receiver.behaviour = takeAll;
  await world.untilSettled(HOUR_MS);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 500);
  assert.deepEqual(world.store.tables.deadLetters, []);
  assert.deepEqual(alarms, []);
});

test('a limit that is raised before the destination is well again saves what was beyond it', async () => {
  const { world, receiver, alarms, start } = limitedWorld({ maxRows: 10 });
  receiver.behaviour = DOWN;
  receiver.limits = { ...receiver.limits, maxEvents: 1 };
  world.record(1, 40);
  const delivery = start();
  await world.clock.advance(HOUR_MS);
  const early = world.openBatches();
  changeLimits(world, { maxRows: 1_000 });
  receiver.behaviour = takeAll;
  await world.untilSettled(HOUR_MS);
  await world.clock.advance(60_000);
  await world.stop(delivery);
  assert.ok(early <= 16, `${early}`);
  const lost = world.store.tables.deadLetters.length;
  assert.ok(lost <= early, `only what was formed under the old limit: ${lost}`);
  assert.equal(receiver.uids.length + lost, 40);
  assert.deepEqual(levels(alarms), ['rows 0>100', 'rows 100>0']);
});

test('what a person asked for again is never too old, nor too many', async () => {
  const { world, receiver, start } = limitedWorld({ maxAgeMs: 1_000, maxRows: 2 });
  world.record(1, 20);
  for (const recordNo of world.store.tables.outbox.get(1)?.keys() ?? []) {
    world.store.tables.outbox.get(1)?.set(recordNo, true);
  }
  await world.clock.advance(HOUR_MS);
  const delivery = start();
  await world.untilSettled(HOUR_MS);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 20);
  assert.deepEqual(world.store.tables.deadLetters, []);
});

test('alarms are raised for a paused destination too, by one process of two, and not again after a restart', async () => {
  const { world, alarms, start } = limitedWorld({ maxRows: 100 });
  changeDestination(world.store.tables, 1, { state: 'paused' });
  const deliveries = [start(), start()];
  for (let records = 10; records <= 120; records += 10) {
    world.record(records - 9, records);
    await world.clock.advance(31_000);
  }
  for (const delivery of deliveries) await world.stop(delivery);
  const again = start();
  await world.clock.advance(120_000);
  await world.stop(again);
  assert.deepEqual(levels(alarms), ['rows 0>50', 'rows 50>70', 'rows 70>90', 'rows 90>100']);
});

test('limits survive a restart in the middle: tombstones keep their places and bytes', async () => {
  const { world, receiver, start } = limitedWorld({ maxRows: 50 });
  receiver.limits = { ...receiver.limits, maxEvents: 20 };
  let requests = 0;
  receiver.behaviour = (events, take) => {
    requests += 1;
    take(events);
    return requests <= 3 ? new Promise(() => {}) : { kind: 'delivered', answer: answer(200) };
  };
  world.record(1, 100);
  const first = start();
  await world.clock.until(() => requests === 3, 60_000);
  await world.stop(first, 10);
  const second = start();
  await world.untilSettled(HOUR_MS);
  await world.stop(second);
  const texts = new Map<number, string>();
  for (const { seq, text } of receiver.taken) {
    assert.equal(texts.get(seq) ?? text, text, `number ${seq} has one text`);
    texts.set(seq, text);
  }
  assert.equal(texts.size, 100);
  assert.equal(world.store.tables.deadLetters.length, 50);
});
