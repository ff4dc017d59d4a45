import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../connectors/outcome.ts';
import { changeDestination } from '../store/memory/memory-seed.ts';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, uidOf } from '../../test/delivery/fake-receiver.ts';
import type { FakeReceiver } from '../../test/delivery/fake-receiver.ts';

/** Accepts everything with ids from 0, as a channel does. */
function accepting(receiver: FakeReceiver): void {
  let nextId = 0;
  receiver.behaviour = (events, take) => {
    take(events);
    nextId += 1;
    return { kind: 'accepted', ackId: nextId - 1, answer: answer(200, '0') };
  };
}

void test('an accepted batch is finished only when it is acknowledged', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  accepting(receiver);
  const ready = new Set<number>();
  receiver.confirms = (ids) => ({ confirmed: ids.filter((id) => ready.has(id)) });
  world.record(1, 1_000);
  const delivery = world.start();
  await world.clock.advance(60_000);
  assert.equal(world.openRows(), 1_000);
  assert.equal(delivery.snapshot()[0]?.awaitingAck, 2);
  ready.add(1);
  await world.clock.advance(11_000);
  assert.equal(world.openRows(), 512, 'the second batch is finished alone');
  assert.equal(world.store.tables.receipts[0]?.completion.ackId, 1);
  ready.add(0);
  await world.untilSettled(11_000);
  await world.stop(delivery);
  assert.equal(receiver.requests.length, 2, 'nothing was sent twice');
  assert.deepEqual(world.seen.duplicates, {});
});

void test('without acknowledgement in five minutes a batch is sent again, and counted as possibly doubled', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  accepting(receiver);
  receiver.confirms = () => ({ confirmed: [] });
  world.record(1, 10);
  const delivery = world.start();
  await world.clock.advance(299_000);
  assert.equal(receiver.requests.length, 1);
  await world.clock.advance(12_000);
  assert.equal(receiver.requests.length, 2);
  receiver.confirms = (ids) => ({ confirmed: [...ids] });
  await world.untilSettled(20_000);
  await world.stop(delivery);
  assert.deepEqual(world.seen.duplicates, { ack_timeout: 10 });
});

void test('a question that fails loses no acknowledgement', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  accepting(receiver);
  let failures = 3;
  receiver.confirms = (ids) => {
    if (failures === 0) return { confirmed: [...ids] };
    failures -= 1;
    return { confirmed: [], failure: { kind: 'transient', answer: answer(502) } };
  };
  world.record(1, 10);
  const delivery = world.start();
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.equal(receiver.requests.length, 1);
});

void test('the acknowledgements of an earlier owner are asked for by the next one', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  accepting(receiver);
  receiver.confirms = () => ({ confirmed: [] });
  world.record(1, 1_000);
  const first = world.start();
  await world.clock.until(() => first.snapshot()[0]?.awaitingAck === 2, 5_000);
  await world.stop(first);
  assert.equal(world.openBatches(), 2);
  receiver.confirms = (ids) => ({ confirmed: [...ids] });
  const second = world.start();
  await world.untilSettled(30_000);
  await world.stop(second);
  assert.equal(receiver.requests.length, 2, 'nothing was sent again');
});

void test('an id that comes twice means that the remote began anew: the older batch is sent again', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  let requests = 0;
  receiver.behaviour = (events, take) => {
    requests += 1;
    // The second request gets the first one's id again, as after a restart of the receiver.
    if (requests !== 1) take(events);
    return { kind: 'accepted', ackId: requests <= 2 ? 0 : requests, answer: answer(200) };
  };
  receiver.confirms = (ids) => ({ confirmed: [...ids] });
  world.record(1, 512);
  const delivery = world.start();
  await world.clock.until(() => requests === 1, 5_000);
  await world.clock.advance(100);
  world.record(513, 600);
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.equal(new Set(receiver.uids).size, 600);
  assert.equal(requests, 3);
});

void test('acknowledgements pending are bounded: no more is sent until some come', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.limits = { ...receiver.limits, maxEvents: 10 };
  accepting(receiver);
  receiver.confirms = () => ({ confirmed: [] });
  world.record(1, 1_000);
  const delivery = world.start({ limits: { maxOpenBatches: 8 } });
  await world.clock.advance(60_000);
  assert.equal(receiver.requests.length, 8);
  receiver.confirms = (ids) => ({ confirmed: [...ids] });
  await world.untilSettled(300_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 1_000);
});

void test('acknowledgement switched off by settings: what waits for it is sent again', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  accepting(receiver);
  receiver.confirms = () => ({ confirmed: [] });
  world.record(1, 10);
  const first = world.start();
  await world.clock.until(() => first.snapshot()[0]?.awaitingAck === 1, 5_000);
  await world.stop(first);
  receiver.confirms = undefined;
  receiver.behaviour = (events, take) => {
    take(events);
    return { kind: 'delivered', answer: answer(200) };
  };
  const second = world.start();
  await world.untilSettled(30_000);
  await world.stop(second);
  assert.deepEqual(world.seen.duplicates, { ack_timeout: 10 });
});

void test('an acknowledgement that may be for a request still unanswered finishes no older batch with the same id', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.limits = { ...receiver.limits, maxEvents: 10 };
  const kept = new Set<string>();
  let requests = 0;
  receiver.behaviour = async (events, take) => {
    requests += 1;
    const requestNo = requests;
    take(events);
    if (requestNo === 1) return { kind: 'accepted', ackId: 0, answer: answer(200) };
    // The receiver began anew and forgot the first request: the second one has its id, and is answered late.
    for (const event of events) kept.add(event.text);
    if (requestNo === 2) await world.clock.sleep(15_000, new AbortController().signal);
    return { kind: 'accepted', ackId: requestNo - 2, answer: answer(200) };
  };
  receiver.confirms = (ids) => ({ confirmed: requests < 2 ? [] : [...ids] });
  world.record(1, 10);
  const delivery = world.start();
  await world.clock.until(() => delivery.snapshot()[0]?.awaitingAck === 1, 5_000);
  world.record(11, 20);
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.equal(kept.size, 20, 'the events that the receiver forgot were sent again');
});

for (const state of ['paused', 'disabled'] as const) {
  void test(`pending acknowledgements of a ${state} destination are asked for after a restart, and nothing is sent`, async () => {
    const world = new DeliveryWorld();
    const receiver = world.destination(1);
    accepting(receiver);
    receiver.confirms = () => ({ confirmed: [] });
    world.record(1, 1_000);
    const first = world.start();
    await world.clock.until(() => first.snapshot()[0]?.awaitingAck === 2, 5_000);
    await world.stop(first);
    world.record(1_001, 1_100);
    changeDestination(world.store.tables, 1, { state });
    receiver.confirms = (ids) => ({ confirmed: [...ids] });
    const second = world.start();
    await world.clock.until(() => world.openBatches() === 0, 30_000);
    await world.clock.advance(60_000);
    assert.equal(second.snapshot().length, 0, 'the lane is given back');
    await world.stop(second);
    assert.equal(receiver.requests.length, 2);
    assert.equal(world.openRows(), 100);
  });
}

void test('of a paused destination what is never acknowledged waits, unsent, until it is resumed', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  accepting(receiver);
  receiver.confirms = () => ({ confirmed: [] });
  world.record(1, 10);
  const first = world.start();
  await world.clock.until(() => first.snapshot()[0]?.awaitingAck === 1, 5_000);
  await world.stop(first);
  changeDestination(world.store.tables, 1, { state: 'paused' });
  const second = world.start();
  await world.clock.advance(3_600_000);
  assert.equal(receiver.requests.length, 1);
  assert.equal(
    world.seen.lanes.filter((event) => event === 'taken').length,
    2,
    'taken once, not again and again',
  );
  receiver.confirms = (ids) => ({ confirmed: [...ids] });
  changeDestination(world.store.tables, 1, { state: 'active' });
  await world.untilSettled(30_000);
  await world.stop(second);
  assert.deepEqual(world.seen.duplicates, { restart: 10 });
});

void test('a long pause that outlives a restart does not keep acknowledgements from being asked for', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  let requests = 0;
  receiver.behaviour = (events, take) => {
    requests += 1;
    if (requests === 2) return { kind: 'throttled', retryAfterMs: 3_000_000, answer: answer(429) };
    take(events);
    return { kind: 'accepted', ackId: requests, answer: answer(200) };
  };
  receiver.confirms = () => ({ confirmed: [] });
  world.record(1, 10);
  const first = world.start();
  await world.clock.until(() => first.snapshot()[0]?.awaitingAck === 1, 5_000);
  world.record(11, 20);
  first.wake();
  await world.clock.until(() => requests === 2, 5_000);
  await world.stop(first);
  receiver.confirms = (ids) => ({ confirmed: [...ids] });
  const second = world.start();
  await world.clock.until(() => world.openBatches() === 1, 30_000);
  assert.equal(requests, 2);
  await world.untilSettled(3_100_000);
  await world.stop(second);
});

void test('a tombstone that waits for its acknowledgement holds nothing back to one request at a time', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.limits = { ...receiver.limits, maxEvents: 10 };
  let nextId = 0;
  receiver.behaviour = (events, take) => {
    if (events.length > 1 && events.some((event) => uidOf(event) === 'e5')) {
      return { kind: 'partial', taken: 0, culprit: 4, cause: 'poison', answer: answer(400, '6') };
    }
    take(events);
    nextId += 1;
    return { kind: 'accepted', ackId: nextId - 1, answer: answer(200, '0') };
  };
  receiver.confirms = () => ({ confirmed: [] });
  world.record(1, 10);
  const delivery = world.start();
  await world.clock.until(() => delivery.snapshot()[0]?.awaitingAck === 3, 5_000);
  receiver.mostOpen = 0;
  world.record(11, 500);
  await world.clock.until(() => world.receiver().uids.length === 499, 20_000);
  assert.equal(receiver.mostOpen, 4);
  receiver.confirms = (ids) => ({ confirmed: [...ids] });
  await world.untilSettled(20_000);
  await world.stop(delivery);
  assert.deepEqual(
    world.store.tables.deadLetters.map((letter) => letter.recordNo),
    [5],
  );
});

void test('an acknowledgement that may be for a request whose answer was lost, after a restart of the receiver, finishes nothing', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  let requests = 0;
  receiver.behaviour = (events, take) => {
    requests += 1;
    // The receiver dies with the first request in its memory; the second one gets the same id, and its answer is lost.
    if (requests > 1) take(events);
    if (requests === 2) return { kind: 'ambiguous', answer: answer(0, 'reply_timeout') };
    return { kind: 'accepted', ackId: requests === 1 ? 0 : requests - 2, answer: answer(200, '0') };
  };
  receiver.confirms = (ids) => ({ confirmed: requests > 1 ? [...ids] : [] });
  world.record(1, 10);
  const delivery = world.start();
  await world.clock.until(() => requests === 1, 5_000);
  await world.clock.advance(100);
  world.record(11, 20);
  delivery.wake();
  await world.untilSettled(120_000);
  await world.stop(delivery);
  assert.equal(new Set(receiver.uids).size, 20, 'nothing is lost');
});

void test('an answer that an earlier owner never got counts, though its batch was taken meanwhile', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  const outcomes: Outcome[] = [
    { kind: 'ambiguous', answer: answer(0, 'reply_timeout') },
    { kind: 'accepted', ackId: 7, answer: answer(200, '0') },
    { kind: 'accepted', ackId: 0, answer: answer(200, '0') },
    { kind: 'accepted', ackId: 1, answer: answer(200, '0') },
  ];
  receiver.behaviour = () => outcomes.shift() ?? { kind: 'transient', answer: answer(503) };
  const ready = new Set([7]);
  receiver.confirms = (ids) => ({ confirmed: ids.filter((id) => ready.has(id)) });
  world.record(1, 10);
  const first = world.start();
  await world.untilSettled(60_000);
  // The receiver begins anew, takes another batch under id 0, begins anew once more, and handles the first request at last.
  world.record(11, 20);
  first.wake();
  await world.clock.until(() => outcomes.length === 1, 10_000);
  await world.stop(first);
  ready.add(0);
  const second = world.start();
  await world.clock.until(() => receiver.requests.length === 4, 60_000, 'the batch being sent again');
  assert.deepEqual(receiver.requests[3]?.uids, receiver.requests[2]?.uids);
  ready.add(1);
  await world.untilSettled(60_000);
  await world.stop(second);
});

void test('a lane that cannot keep what was never heard of sends nothing until it can', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  let requests = 0;
  receiver.behaviour = (events, take) => {
    requests += 1;
    take(events);
    if (requests === 1) return { kind: 'ambiguous', answer: answer(0, 'reply_timeout') };
    return { kind: 'accepted', ackId: requests, answer: answer(200, '0') };
  };
  receiver.confirms = (ids) => ({ confirmed: [...ids] });
  const saveLane = world.store.saveLane.bind(world.store);
  world.store.saveLane = () => Promise.reject(new Error('the store is away'));
  world.record(1, 10);
  const delivery = world.start();
  await world.clock.advance(15_000);
  assert.equal(requests, 1);
  world.store.saveLane = saveLane;
  await world.untilSettled(60_000);
  assert.equal(world.store.tables.lanes.get(1)?.unheard.requests, 1);
  await world.stop(delivery);
});
