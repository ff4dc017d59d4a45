import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, refusing, takeAll, uidOf } from '../../test/delivery/fake-receiver.ts';
import type { Behaviour } from '../../test/delivery/fake-receiver.ts';

const misconfigured: Behaviour = () => ({
  kind: 'configuration',
  reason: 'invalid_token',
  advice: 'Set the token again',
  answer: answer(403, '4'),
});

void test('whole batches that wait since a wrong token are tried one event at a time once the destination refuses all events', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, misconfigured);
  receiver.limits = { ...receiver.limits, maxEvents: 10 };
  world.record(1, 40);
  const delivery = world.start();
  await world.clock.advance(600_000);
  assert.equal(world.seen.health.at(-1)?.to.reason, 'invalid_token');

  receiver.behaviour = refusing(() => true, false);
  world.record(41, 45);
  await world.clock.advance(300_000);
  assert.equal(world.seen.health.at(-1)?.to.reason, 'refuses_events');
  const before = receiver.requests.length;
  await world.clock.advance(3_600_000);
  const probes = receiver.requests.slice(before);
  assert.ok(probes.length <= 61, `${probes.length} probes in an hour`);
  assert.ok(
    probes.every((request) => request.uids.length === 1),
    'a probe is one event',
  );
  assert.equal(world.openRows(), 45);

  receiver.behaviour = takeAll;
  await world.untilSettled(120_000);
  await world.stop(delivery);
  assert.deepEqual(world.store.tables.deadLetters, []);
  assert.equal(new Set(receiver.uids).size, 45);
});

void test('events that stay refused, however many, do not keep a held destination from a later event that it takes', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(
    1,
    refusing(() => true, false),
  );
  world.record(1, 20);
  const delivery = world.start({ limits: { pollMs: 30_000 } });
  await world.clock.advance(2 * 3_600_000);
  assert.equal(world.seen.health.at(-1)?.to.reason, 'refuses_events');

  receiver.behaviour = refusing((uid) => /^e(?:\d|1\d|20)$/.test(uid), false);
  world.record(21, 21);
  const tookMs = await world.untilSettled(6 * 3_600_000);
  await world.stop(delivery);
  assert.ok(tookMs < 45 * 60_000, `${tookMs} ms: the new event is tried once a round`);
  assert.deepEqual(receiver.uids, ['e21']);
  assert.equal(world.store.tables.deadLetters.length, 20);
});

void test('not even a whole window of them keeps it from a later event that it takes', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(
    1,
    refusing(() => true, false),
  );
  world.record(1, 6);
  const delivery = world.start({ limits: { pollMs: 30_000, maxOpenBatches: 4, maxOpenWhileHeld: 2 } });
  await world.clock.advance(2 * 3_600_000);
  receiver.behaviour = refusing((uid) => /^e[1-6]$/.test(uid), false);
  world.record(7, 7);
  await world.untilSettled(6 * 3_600_000);
  await world.stop(delivery);
  assert.deepEqual(receiver.uids, ['e7']);
  assert.equal(world.store.tables.deadLetters.length, 6);
});

void test('a destination that refuses events for weeks is not cut into a batch for each event', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(
    1,
    refusing(() => true, false),
  );
  world.record(1, 2_000);
  const delivery = world.start({ limits: { pollMs: 30_000 } });
  await world.clock.advance(36 * 3_600_000);
  assert.ok(world.openBatches() < 100, `${world.openBatches()} open batches after a day and a half`);

  receiver.behaviour = takeAll;
  const before = receiver.requests.length;
  await world.untilSettled(120_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 2_000);
  assert.ok(receiver.requests.length - before < 100, `${receiver.requests.length - before} requests`);
});

for (const kind of ['transient', 'ambiguous'] as const) {
  void test(`a batch that alone ends ${kind} again and again does not hold up the others for ever`, async () => {
    const world = new DeliveryWorld();
    const receiver = world.destination(1, (events, take) => {
      if (events.some((event) => uidOf(event) === 'e5')) return { kind, answer: answer(500) };
      return takeAll(events, take, 0);
    });
    receiver.limits = { ...receiver.limits, maxEvents: 10 };
    world.record(1, 1_000);
    const delivery = world.start();
    await world.clock.advance(600_000);
    assert.equal(receiver.uids.length, 990);
    assert.equal(world.openRows(), 10, 'and nothing of it is lost');
    const before = receiver.requests.length;
    for (let hour = 1; hour <= 6; hour += 1) {
      world.record(1_000 + hour, 1_000 + hour);
      await world.clock.advance(3_600_000);
    }
    assert.equal(receiver.uids.length, 996);
    const tries = receiver.requests.length - before - 6;
    assert.ok(tries <= 100, `${tries} tries in six hours`);
    receiver.behaviour = takeAll;
    await world.untilSettled(3_700_000);
    await world.stop(delivery);
    assert.equal(new Set(receiver.uids).size, 1_006);
    assert.deepEqual(world.store.tables.deadLetters, []);
  });
}
