import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, takeAll } from '../../test/delivery/fake-receiver.ts';
import { plainRenderer } from '../../test/delivery/plain-renderer.ts';
import { changeDestination } from '../store/memory/memory-seed.ts';

function numbersUpTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

function distinctSeqs(world: DeliveryWorld): number[] {
  return [...new Set(world.receiver().taken.map((event) => event.seq))].sort((a, b) => a - b);
}

/** A process that dies: the store stays as it is, and nothing of the old delivery reaches it any more. */
function crash(world: DeliveryWorld): void {
  world.store = world.store.clone();
}

void test('after a crash what was in flight is sent again with the same bytes, and nothing is lost', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.latencyMs = 100;
  world.record(1, 5_000);
  world.start();
  await world.clock.until(() => receiver.taken.length >= 1_500, 10_000);
  await world.clock.advance(50);
  const inFlight = world.openBatches();
  const before = receiver.taken.length;
  crash(world);
  await world.clock.advance(60_000);
  const taken = receiver.taken.splice(before);
  assert.ok(taken.length > 0, 'the old process still had requests on their way');
  receiver.taken.push(...taken.filter((event) => event.seq <= before + 4 * 512));
  const second = world.start();
  await world.untilSettled(60_000);
  await world.stop(second);
  assert.equal(new Set(receiver.uids).size, 5_000);
  assert.deepEqual(distinctSeqs(world), numbersUpTo(5_000));
  const textOf = new Map<number, string>();
  for (const event of receiver.taken) {
    assert.equal(textOf.get(event.seq) ?? event.text, event.text, 'one number, one text');
    textOf.set(event.seq, event.text);
  }
  assert.equal(world.seen.duplicates['restart'], inFlight * 512);
});

void test('when the renderer changed over a restart an open batch is dissolved: its numbers become tombstones', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({ kind: 'transient', answer: answer(503) }));
  world.record(1, 100);
  const first = world.start();
  await world.clock.until(() => receiver.requests.length > 0, 5_000);
  await world.stop(first);
  receiver.behaviour = takeAll;
  const second = world.start({ renderer: plainRenderer('v2') });
  await world.untilSettled(60_000);
  await world.stop(second);
  assert.deepEqual(distinctSeqs(world), numbersUpTo(200));
  assert.equal(receiver.uids.length, 100);
  const tombstones = receiver.taken.filter((event) => event.kind === 'tombstone');
  assert.deepEqual(
    tombstones.map((event) => event.seq),
    numbersUpTo(100),
  );
  assert.ok(tombstones.every((event) => event.text.includes('"reason":"re_rendered"')));
  assert.deepEqual(world.store.tables.deadLetters, []);
  assert.equal(world.seen.duplicates['dissolved'], 100);
});

void test('new settings that change the bytes dissolve what was formed; others send it as it was', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({ kind: 'transient', answer: answer(503) }));
  world.record(1, 100);
  const delivery = world.start();
  await world.clock.until(() => receiver.requests.length > 0, 5_000);
  receiver.behaviour = takeAll;
  changeDestination(world.store.tables, 1, { config: { index: 'other' } });
  await world.untilSettled(5_000);
  assert.deepEqual(receiver.requests.at(-1)?.config, { index: 'other' });
  assert.equal(receiver.taken.filter((event) => event.kind === 'tombstone').length, 0);
  assert.deepEqual(distinctSeqs(world), numbersUpTo(100));
  await world.stop(delivery);
});

void test('a refused event whose tombstone was on its way when the process died ends as one dead letter', async () => {
  const world = new DeliveryWorld();
  let tombstones = 0;
  const receiver = world.destination(1, (events, take, no) => {
    const bad = events.findIndex((event) => event.text.includes('"uid":"e3"'));
    if (bad >= 0) {
      take(events.slice(0, bad));
      return { kind: 'partial', taken: bad, culprit: bad, cause: 'poison', answer: answer(400, '6') };
    }
    if (events[0]?.text.includes('"kind":"tombstone"') === true) {
      tombstones += 1;
      if (tombstones === 1) return new Promise(() => {});
    }
    return takeAll(events, take, no);
  });
  world.record(1, 5);
  world.start();
  await world.clock.until(() => tombstones === 1, 5_000);
  crash(world);
  world.start();
  await world.untilSettled(60_000);
  assert.deepEqual(
    world.store.tables.deadLetters.map((letter) => [letter.recordNo, letter.code]),
    [[3, 'refused_by_destination']],
  );
  assert.deepEqual(distinctSeqs(world), numbersUpTo(5));
  assert.deepEqual(receiver.uids, ['e1', 'e2', 'e4', 'e5']);
});

void test('another anchor of the store opens a new epoch, with numbers from 1, and the open batches come under it', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({ kind: 'transient', answer: answer(503) }));
  world.record(1, 50);
  const first = world.start();
  await world.clock.until(() => receiver.requests.length > 0, 5_000);
  await world.stop(first);
  receiver.behaviour = takeAll;
  world.store.tables.anchor = 'memory-restored';
  world.record(51, 60);
  const second = world.start();
  await world.untilSettled(60_000);
  await world.stop(second);
  assert.equal(receiver.uids.length, 60);
  assert.deepEqual(new Set(receiver.taken.map((event) => event.epoch)), new Set(['e000000100000002']));
  assert.deepEqual(distinctSeqs(world), numbersUpTo(60));
  assert.ok(world.seen.lanes.includes('epoch_opened'));
});

void test('a store that is promoted under a running lane is noticed at the next renewal: a new epoch, and nothing lost', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  world.record(1, 50);
  const delivery = world.start();
  await world.untilSettled(5_000);
  world.store.tables.anchor = 'memory-promoted';
  await world.clock.advance(12_000);
  world.record(51, 100);
  await world.untilSettled(5_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 100);
  const epochs = receiver.taken.map((event) => `${event.epoch} ${event.seq}`);
  assert.equal(new Set(epochs).size, 100);
  assert.equal(receiver.taken.filter((event) => event.epoch === 'e000000100000002').length, 50);
});

void test('an epoch ends before its numbers do', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  const lane = world.store.tables.lanes.get(1);
  assert.ok(lane !== undefined);
  lane.nextSeq = 2_147_483_640;
  world.record(1, 20);
  const delivery = world.start();
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.equal(new Set(receiver.uids).size, 20);
  assert.ok(Math.max(...receiver.taken.map((event) => event.seq)) < 2_147_483_647);
  assert.equal(new Set(receiver.taken.map((event) => event.epoch)).size, 2);
});

void test('an owner that lost its lease in the middle of a send cannot finish the batch; the double is counted', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.latencyMs = 45_000;
  world.record(1, 100);
  // Its renewals do not arrive: the store takes the lane away in its own time.
  const deaf = new Proxy(world.store, {
    get: (target, name) => {
      if (name === 'renewLane') return () => Promise.reject(new Error('connection lost'));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  const first = world.start({ store: deaf });
  await world.clock.until(() => receiver.open === 1, 5_000);
  const second = world.start();
  await world.clock.advance(300_000);
  assert.equal(world.settled, true);
  assert.equal(world.store.tables.receipts.length, 1, 'one receipt, of the present owner');
  assert.equal(world.store.tables.lanes.get(1)?.token, 2);
  assert.equal(receiver.requests.length, 2);
  assert.equal(world.seen.duplicates['lost_lease'], 100);
  await world.stop(first);
  await world.stop(second);
});

void test('without a renewal that works nothing new is sent after 20 seconds', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.latencyMs = 1_000;
  world.record(1, 512 * 200);
  let lostAtMs = Infinity;
  const { store, clock } = world;
  store.renewLane = () => Promise.reject(new Error('connection lost'));
  const startMs = clock.monotonicMs();
  const delivery = world.start();
  await world.clock.advance(28_000);
  lostAtMs = startMs + 20_000;
  assert.ok(receiver.requests.length > 10);
  assert.ok(receiver.requests.every((request) => request.atMs <= lostAtMs));
  await world.stop(delivery);
});

void test('a stop under load finishes what is in flight, gives the lane back at once and doubles nothing', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.latencyMs = 400;
  world.record(1, 20_000);
  const first = world.start();
  await world.clock.until(() => receiver.taken.length > 4_000 && receiver.open === 4, 20_000);
  const beforeMs = world.clock.monotonicMs();
  await world.stop(first);
  assert.ok(world.clock.monotonicMs() - beforeMs <= 1_000);
  assert.equal(world.store.tables.lanes.get(1)?.owner, undefined);
  const second = world.start();
  await world.untilSettled(60_000);
  await world.stop(second);
  assert.equal(receiver.uids.length, 20_000);
  assert.deepEqual(distinctSeqs(world), numbersUpTo(20_000));
});

void test('a stop does not wait longer than its grace for a destination that hangs', async () => {
  const world = new DeliveryWorld();
  world.destination(1, () => new Promise(() => {}));
  world.record(1, 10);
  const delivery = world.start();
  await world.clock.advance(1_000);
  const beforeMs = world.clock.monotonicMs();
  await world.stop(delivery, 2_000);
  assert.ok(world.clock.monotonicMs() - beforeMs < 4_000);
  assert.equal(world.openRows(), 10);
});

void test('a replayed record takes a new number, is marked, and is counted', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  world.record(1, 3);
  const delivery = world.start();
  await world.untilSettled(5_000);
  world.store.tables.outbox.get(1)?.set(2, true);
  delivery.wake();
  await world.untilSettled(5_000);
  await world.stop(delivery);
  const last = receiver.taken.at(-1);
  assert.deepEqual([last?.uid, last?.seq, last?.replayed], ['e2', 4, true]);
  assert.deepEqual(world.seen.duplicates, { replay: 1 });
});

void test('a lane whose owner is proved to be gone is taken over at once; without proof the lease decides', async () => {
  for (const [proved, atMost, atLeast] of [
    [true, 1_000, 0],
    [false, 31_000, 28_000],
  ] as const) {
    const world = new DeliveryWorld();
    const receiver = world.destination(1);
    world.record(1, 10);
    world.start();
    await world.clock.until(() => receiver.taken.length === 10, 5_000);
    crash(world);
    world.record(11, 20);
    const crashedAtMs = world.clock.nowMs();
    const second = world.start({ isOwnerGone: (owner) => proved && owner === 'owner-1' });
    await world.clock.until(() => receiver.uids.includes('e20'), 60_000);
    const waitedMs = world.clock.nowMs() - crashedAtMs;
    assert.ok(waitedMs <= atMost && waitedMs >= atLeast, `proved ${proved}: ${waitedMs} ms`);
    assert.equal(world.seen.logged.includes('A lane was taken over from a process that is gone'), proved);
    await world.stop(second);
  }
});
