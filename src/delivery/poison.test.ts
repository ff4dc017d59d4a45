import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, refusing, takeAll, uidOf } from '../../test/delivery/fake-receiver.ts';
import { changeDestination } from '../store/memory/memory-seed.ts';

const BATCH = 512;
const PER_CULPRIT = 2 * Math.log2(BATCH);

/** `count` numbers spread over 1 to 512. */
function spread(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 1 + Math.floor(((index + 0.37) * BATCH) / count));
}

for (const count of [1, 3, 17]) {
  for (const withNumber of [true, false]) {
    const named = withNumber ? 'named by number' : 'not named';
    void test(`${count} refused events among ${BATCH}, ${named}, go dead alone and all others arrive once`, async () => {
      const bad = new Set(spread(count).map((number) => `e${number}`));
      const world = new DeliveryWorld();
      const receiver = world.destination(
        1,
        refusing((uid) => bad.has(uid), withNumber),
      );
      world.record(1, BATCH);
      const delivery = world.start();
      await world.untilSettled(60_000);
      await world.stop(delivery);

      const dead = world.store.tables.deadLetters;
      assert.deepEqual(new Set(dead.map((letter) => `e${letter.recordNo}`)), bad);
      for (const letter of dead) {
        assert.equal(letter.code, 'refused_by_destination');
        assert.equal(letter.answer?.code, '6');
        assert.ok(letter.attempts >= 1);
      }
      assert.equal(receiver.uids.length, BATCH - count);
      assert.equal(new Set(receiver.uids).size, BATCH - count);
      const numbers = receiver.taken.map((event) => event.seq).sort((a, b) => a - b);
      assert.deepEqual(
        numbers,
        Array.from({ length: BATCH }, (_, index) => index + 1),
        'every number is filled, by the event or its tombstone',
      );
      assert.equal(receiver.taken.filter((event) => event.kind === 'tombstone').length, count);
      const forTombstones = count;
      assert.ok(
        receiver.requests.length - 1 - forTombstones <= count * PER_CULPRIT,
        `${receiver.requests.length} requests for ${count} culprits`,
      );
      assert.equal(world.seen.health.length, 0, 'the destination is healthy all the time');
    });
  }
}

void test('a tombstone names the event that it stands for, its hash and the reason', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(
    1,
    refusing((uid) => uid === 'e2', true),
  );
  world.record(1, 3);
  const delivery = world.start();
  await world.untilSettled(10_000);
  await world.stop(delivery);
  const tombstone = receiver.taken.find((event) => event.kind === 'tombstone');
  assert.equal(tombstone?.uid, '†e2');
  assert.equal(tombstone.seq, 2);
  const { reason, original_sha256: sha256 } = JSON.parse(tombstone.text) as Record<string, string>;
  assert.equal(reason, 'refused');
  assert.match(sha256 ?? '', /^[0-9a-f]{64}$/);
});

void test('a destination that refuses everything is held; a thousand waiting events cost a dozen requests and none dies', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(
    1,
    refusing(() => true, false),
  );
  world.record(1, 4_000);
  const delivery = world.start({ limits: { pollMs: 30_000 } });
  await world.clock.until(
    () => world.seen.health.at(-1)?.to.state === 'held',
    10_000,
    'the destination being held',
  );
  assert.ok(receiver.requests.length <= 4 + 10 + 2, `${receiver.requests.length} requests`);
  assert.equal(world.seen.health.at(-1)?.to.reason, 'refuses_events');

  const before = receiver.requests.length;
  await world.clock.advance(24 * 3_600_000);
  const probes = receiver.requests.slice(before);
  assert.ok(probes.length <= 24 * 60, `${probes.length} probes in a day`);
  assert.ok(probes.length >= 24 * 50, `${probes.length} probes in a day`);
  assert.ok(
    probes.every((request) => request.uids.length === 1),
    'a probe is one event',
  );
  assert.ok(
    new Set(probes.map((request) => request.uids[0])).size > 1,
    'a probe is the next event, not always the same',
  );
  assert.ok(
    probes.every((request) => !request.uids[0]?.startsWith('†')),
    'no tombstone knocks in place of an event',
  );
  assert.equal(world.openRows(), 4_000);
  assert.deepEqual(world.store.tables.deadLetters, []);

  receiver.behaviour = takeAll;
  await world.untilSettled(120_000);
  await world.stop(delivery);
  assert.deepEqual(world.store.tables.deadLetters, []);
  assert.equal(new Set(receiver.uids).size, 4_000);
  assert.equal(receiver.uids.length, 4_000);
  assert.equal(world.seen.health.at(-1)?.to.state, 'healthy');
});

void test('several requests that are refused at once by number cost no event when the destination is mended', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(
    1,
    refusing(() => true, true),
  );
  world.record(1, 4_000);
  const delivery = world.start();
  await world.clock.until(
    () => world.seen.health.at(-1)?.to.state === 'held',
    10_000,
    'the destination being held',
  );
  assert.ok(receiver.requests.length > 4, 'four requests were refused before the first tombstone was');
  receiver.behaviour = takeAll;
  await world.untilSettled(120_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 4_000);
  assert.equal(world.store.tables.deadLetters.length, 0);
  assert.ok(receiver.taken.every((event) => event.kind === 'event'));
});

void test('an event goes dead without its tombstone only when others are taken and both are refused again; the gap is stated', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(
    1,
    refusing((uid) => uid === 'e1' || uid === '†e1', true),
  );
  world.record(1, 20);
  const delivery = world.start();
  await world.clock.until(
    () => world.seen.health.at(-1)?.to.state === 'held',
    10_000,
    'the destination being held',
  );
  assert.equal(world.store.tables.deadLetters.length, 0);
  await world.untilSettled(300_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 19);
  const [letter] = world.store.tables.deadLetters;
  assert.equal(world.store.tables.deadLetters.length, 1);
  assert.match(letter?.message ?? '', /Number 1 of epoch e[0-9]+ is a gap/);
  const receipt = world.store.tables.receipts.find((kept) => kept.draft.firstSeq === 1);
  assert.equal(receipt?.draft.tombstones[0]?.untaken, true);
});

void test('the only event waiting is refused with its tombstone: it stays, and is delivered once the destination takes it', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(
    1,
    refusing(() => true, true),
  );
  world.record(1, 1);
  const delivery = world.start();
  await world.clock.advance(600_000);
  assert.equal(world.openRows(), 1);
  receiver.behaviour = takeAll;
  await world.untilSettled(120_000);
  await world.stop(delivery);
  assert.deepEqual(receiver.uids, ['e1']);
  assert.deepEqual(world.store.tables.deadLetters, []);
});

void test('a body that is too big is halved until it fits, and the next ones are made smaller at once', async () => {
  const world = new DeliveryWorld();
  let refused = 0;
  const receiver = world.destination(1, (events, take) => {
    const bytes = events.reduce((sum, event) => sum + event.bytes, 0);
    if (bytes > 40_000) {
      refused += 1;
      return { kind: 'too_big', answer: answer(413) };
    }
    take(events);
    return { kind: 'delivered', answer: answer(200) };
  });
  world.record(1, 4_000, { text: 'x'.repeat(200) });
  const delivery = world.start();
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 4_000);
  assert.equal(new Set(receiver.uids).size, 4_000);
  assert.deepEqual(world.store.tables.deadLetters, []);
  assert.ok(refused < 40, `${refused} bodies were too big`);
});

void test('one event that is too big goes dead as too_big, the others arrive', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, (events, take) => {
    if (events.some((event) => event.bytes > 3_000)) return { kind: 'too_big', answer: answer(413) };
    take(events);
    return { kind: 'delivered', answer: answer(200) };
  });
  world.record(1, 30);
  world.record(31, 31, { text: 'x'.repeat(4_000) });
  world.record(32, 60);
  const delivery = world.start();
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.deepEqual(
    world.store.tables.deadLetters.map((letter) => [letter.recordNo, letter.code]),
    [[31, 'too_big']],
  );
  assert.equal(receiver.uids.length, 59);
});

void test('an event above the size that the destination takes is cut before it is sent; one that cannot be cut leaves a tombstone', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.limits = { ...receiver.limits, maxEventSize: 400 };
  world.record(1, 1, { text: 'x'.repeat(1_000) });
  world.record(2, 2);
  const delivery = world.start();
  await world.untilSettled(10_000);
  receiver.limits = { ...receiver.limits, maxEventSize: 50 };
  await world.stop(delivery);
  assert.ok(receiver.taken.every((event) => event.text.length <= 400));
  assert.deepEqual(receiver.uids, ['e1', 'e2']);

  world.record(3, 3);
  const second = world.start();
  await world.untilSettled(10_000);
  await world.stop(second);
  assert.equal(receiver.taken.at(-1)?.kind, 'tombstone');
  assert.equal(world.store.tables.deadLetters[0]?.code, 'too_big');
});

void test('a record that cannot be rendered goes dead with code and pointer; its number is filled in the same batch', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  world.record(1, 1);
  world.record(2, 2, { broken: true });
  world.record(3, 3);
  const delivery = world.start();
  await world.untilSettled(10_000);
  await world.stop(delivery);
  assert.equal(receiver.requests.length, 1);
  assert.deepEqual(
    receiver.taken.map((event) => [event.uid, event.seq]),
    [
      ['e1', 1],
      ['†e2', 2],
      ['e3', 3],
    ],
  );
  const [letter] = world.store.tables.deadLetters;
  assert.equal(letter?.code, 'broken');
  assert.match(letter.message, /\/broken/);
});

void test('a number that cannot be true is not believed: the batch is bisected instead', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, (events, take) => {
    const bad = events.some((event) => uidOf(event) === 'e5');
    if (bad) {
      return { kind: 'partial', taken: 0, culprit: 9_999, cause: 'poison', answer: answer(400, '6') };
    }
    take(events);
    return { kind: 'delivered', answer: answer(200) };
  });
  world.record(1, 16);
  const delivery = world.start();
  await world.untilSettled(10_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 15);
  assert.deepEqual(
    world.store.tables.deadLetters.map((letter) => letter.recordNo),
    [5],
  );
});

void test('what a destination keeps of the requests that it refuses without a number is counted each time', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, (events, take) => {
    const culprit = events.findIndex((event) => uidOf(event) === 'e30');
    take(culprit === -1 ? events : events.slice(0, culprit));
    return culprit === -1
      ? { kind: 'delivered', answer: answer(200) }
      : { kind: 'poison', answer: answer(400, '6') };
  });
  world.record(1, 32);
  const delivery = world.start();
  await world.untilSettled(60_000);
  await world.stop(delivery);
  const doubles = receiver.uids.length - new Set(receiver.uids).size;
  assert.ok(doubles > 32, `${doubles} doubles: the halves are kept in part, too`);
  const counted = world.seen.duplicates['partial'] ?? 0;
  assert.ok(counted >= doubles, `${counted} counted of ${doubles}`);
});

void test('an event that was refused under earlier settings is tried again under the new ones, not buried by them', async () => {
  const world = new DeliveryWorld();
  const refuseAll = refusing(() => true, true);
  // Four requests are refused by number; the process dies while the first tombstone is on its way.
  const receiver = world.destination(1, (events, take, requestNo) =>
    events.length === 1 ? new Promise(() => {}) : refuseAll(events, take, requestNo),
  );
  receiver.limits = { ...receiver.limits, maxEvents: 10 };
  world.record(1, 40);
  const first = world.start();
  const tombstones = (): number =>
    [...(world.store.tables.batches.get(1)?.values() ?? [])].filter((batch) => batch.tombstones.length > 0)
      .length;
  await world.clock.until(() => tombstones() === 4, 5_000, 'the culprits being known');
  await world.clock.advance(50);
  world.store = world.store.clone();
  receiver.behaviour = takeAll;
  changeDestination(world.store.tables, 1, { config: { index: 'one_that_exists' } });
  const second = world.start();
  await world.untilSettled(120_000);
  await world.stop(second);
  await world.stop(first, 0);
  assert.deepEqual(world.store.tables.deadLetters, []);
  assert.equal(new Set(receiver.uids).size, 40);
  assert.equal(receiver.uids.length, 40);
});

void test('where the destination takes a request whole or not at all, the search for a culprit doubles nothing', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, (events, take) => {
    if (!events.some((event) => uidOf(event) === 'e77')) return takeAll(events, take, 0);
    return { kind: 'poison', tookNone: true, answer: answer(400, 'InvalidDataFormat') };
  });
  world.record(1, BATCH);
  const delivery = world.start();
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, BATCH - 1);
  assert.deepEqual(world.seen.duplicates, {});
});
