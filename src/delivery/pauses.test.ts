import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, takeAll } from '../../test/delivery/fake-receiver.ts';
import { changeDestination } from '../store/memory/memory-seed.ts';

void test('a throttled destination waits as long as it asked for, as a whole', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({
    kind: 'throttled',
    retryAfterMs: 90_000,
    answer: answer(429, '26'),
  }));
  world.record(1, 3_000);
  const delivery = world.start();
  await world.clock.until(() => receiver.requests.length === 4, 10_000);
  const askedAtMs = Math.max(...receiver.requests.map((request) => request.atMs));
  assert.equal(world.seen.health.length, 1, 'four requests that were throttled together are one change');
  assert.equal(world.seen.health[0]?.to.state, 'throttled');
  receiver.behaviour = takeAll;
  await world.clock.until(() => receiver.requests.length > 4, 200_000);
  assert.ok((receiver.requests[4]?.atMs ?? 0) >= askedAtMs + 90_000);
  await world.untilSettled(10_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 3_000);
  assert.equal(world.seen.health.at(-1)?.to.state, 'healthy');
  assert.deepEqual(world.seen.duplicates, {});
});

void test('a Retry-After without reason is bounded', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({
    kind: 'throttled',
    retryAfterMs: 1e12,
    answer: answer(429),
  }));
  world.record(1, 1);
  const delivery = world.start({ limits: { pollMs: 30_000 } });
  await world.clock.until(() => receiver.requests.length === 1, 10_000);
  receiver.behaviour = takeAll;
  const waitedMs = await world.untilSettled(4_000_000);
  assert.ok(waitedMs > 3_500_000 && waitedMs < 3_700_000, `${waitedMs}`);
  await world.stop(delivery);
});

void test('failures back off exponentially up to five minutes, one request at a time, and the first success resets them', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({ kind: 'transient', answer: answer(502) }));
  world.record(1, 3_000);
  const delivery = world.start();
  await world.clock.advance(3_600_000);
  const starts = receiver.requests.map((request) => request.atMs);
  assert.ok(starts.length > 20 && starts.length < 45, `${starts.length} requests in an hour`);
  const gaps = starts.slice(4).map((at, index) => at - (starts[index + 3] ?? 0));
  assert.ok(
    gaps.every((gap, index) => index === 0 || gap >= (gaps[index - 1] ?? 0) - 20),
    'pauses grow (random is fixed here)',
  );
  assert.ok(Math.max(...gaps) <= 300_000);
  assert.equal(world.seen.health.length, 1, 'health changes only when it changes');
  assert.equal(world.seen.health[0]?.to.state, 'failing');
  assert.equal(world.store.tables.lanes.get(1)?.failureStreak, starts.length - 3);

  receiver.behaviour = takeAll;
  await world.untilSettled(310_000);
  assert.equal(world.store.tables.lanes.get(1)?.failureStreak, 0);
  assert.equal(world.store.tables.lanes.get(1)?.pausedUntilMs, 0);
  assert.equal(receiver.uids.length, 3_000);
  assert.equal(world.store.tables.destinations.get(1)?.health.state, 'healthy');
  await world.stop(delivery);
});

void test('an event that was sent in full without an answer is sent again and counted as possibly doubled', async () => {
  const world = new DeliveryWorld();
  let first = true;
  const receiver = world.destination(1, (events, take) => {
    take(events);
    if (!first) return { kind: 'delivered', answer: answer(200) };
    first = false;
    return { kind: 'ambiguous', answer: { message: 'timeout', durationMs: 30_000 } };
  });
  world.record(1, 10);
  const delivery = world.start();
  await world.untilSettled(10_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 20);
  assert.deepEqual(world.seen.duplicates, { ambiguous: 10 });
  const [original, repeat] = [receiver.taken.slice(0, 10), receiver.taken.slice(10)];
  assert.deepEqual(
    repeat.map((event) => event.text),
    original.map((event) => event.text),
    'the same bytes under the same numbers',
  );
});

void test('what a busy destination took of a request is not sent again', async () => {
  const world = new DeliveryWorld();
  let busy = 3;
  const receiver = world.destination(1, (events, take) => {
    if (busy === 0) return takeAll(events, take, 0);
    busy -= 1;
    take(events.slice(0, 100));
    return { kind: 'partial', taken: 100, cause: 'throttled', answer: answer(503, '9'), retryAfterMs: 1_000 };
  });
  world.record(1, 500);
  const delivery = world.start();
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 500);
  assert.equal(new Set(receiver.uids).size, 500);
  assert.deepEqual(world.seen.duplicates, {});
});

void test('a wrong token holds everything, is tried slowly with one batch, and a change of settings is tried at once', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({
    kind: 'configuration',
    reason: 'token_invalid',
    advice: 'The Splunk administrator must give a valid token',
    answer: answer(403, '4'),
  }));
  world.record(1, 5_000);
  const delivery = world.start({ limits: { pollMs: 30_000 } });
  await world.clock.until(() => receiver.requests.length >= 4, 10_000);
  const startMs = world.clock.monotonicMs();
  await world.clock.advance(12 * 3_600_000);
  const probes = receiver.requests.length - 4;
  const minutes = (world.clock.monotonicMs() - startMs) / 60_000;
  assert.ok(probes <= minutes && probes > minutes * 0.85, `${probes} probes in ${minutes} minutes`);
  assert.equal(world.openRows(), 5_000, 'an outage of half a day costs nothing');
  assert.deepEqual(world.store.tables.deadLetters, []);
  assert.ok(world.openBatches() <= 16);
  const { health } = world.store.tables.destinations.get(1) ?? {};
  assert.equal(health?.state, 'held');
  assert.equal(health.reason, 'token_invalid');
  assert.equal(health.message, 'The Splunk administrator must give a valid token');
  assert.equal(world.seen.health.length, 1);

  receiver.behaviour = takeAll;
  const closedBefore = receiver.closed;
  changeDestination(world.store.tables, 1, { sealed: { token: 'new' } });
  delivery.wake();
  const tookMs = await world.untilSettled(10_000);
  assert.ok(tookMs < 2_000, `${tookMs}`);
  assert.equal(receiver.closed, closedBefore + 1, 'the old connector is closed');
  assert.equal(new Set(receiver.uids).size, 5_000);
  assert.equal(receiver.uids.length, 5_000);
  await world.stop(delivery);
});

void test('a batch that alone is refused as misconfigured does not hold up the others for ever', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, (events, take) => {
    if (events.some((event) => event.text.includes('"uid":"e1"'))) {
      return {
        kind: 'configuration',
        reason: 'http_403',
        advice: 'A firewall refuses this',
        answer: answer(403),
      };
    }
    return takeAll(events, take, 0);
  });
  receiver.limits = { ...receiver.limits, maxEvents: 10 };
  world.record(1, 1_000);
  const delivery = world.start();
  await world.clock.advance(150_000);
  assert.equal(receiver.uids.length, 990);
  assert.equal(world.openRows(), 10, 'and nothing of it is lost');
  for (let minute = 1; minute <= 10; minute += 1) {
    world.record(1_000 + minute, 1_000 + minute);
    await world.clock.advance(60_000);
  }
  const tries = receiver.requests.filter((request) => request.uids.includes('e1')).length;
  assert.ok(tries <= 6, `${tries} tries in twelve minutes: ever more seldom while others are taken`);
  assert.equal(world.openRows(), 10);
  receiver.behaviour = takeAll;
  changeDestination(world.store.tables, 1, { config: { path: '/other' } });
  const tookMs = await world.untilSettled(10_000);
  assert.ok(tookMs < 2_000, 'a change of settings ends its wait');
  await world.stop(delivery);
});

void test('credentials that cannot be opened send nothing and do not blame the destination', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  world.record(1, 5);
  let broken = true;
  const delivery = world.start({
    openCredentials: () => {
      if (broken) throw Object.assign(new Error('secret text'), { code: 'key_missing' });
      return { token: 'opened' };
    },
  });
  await world.clock.advance(60_000);
  assert.equal(receiver.requests.length, 0);
  assert.equal(world.store.tables.destinations.get(1)?.health.reason, 'key_missing');
  assert.equal(world.store.tables.attempts.length, 0, 'no attempt is charged');
  assert.ok(!JSON.stringify([world.seen, ...world.store.tables.attempts]).includes('secret text'));
  broken = false;
  await world.untilSettled(20_000);
  await world.stop(delivery);
  assert.deepEqual(receiver.requests[0]?.credentials, { token: 'opened' });
});

void test('settings that no connector can be made from hold the destination and are tried again when they change', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  world.record(1, 5);
  const delivery = world.start({
    connect: (destination) => {
      if (destination.rowVersion === 1) throw new Error('the URL has no host');
      return receiver.connector(destination.config);
    },
  });
  await world.clock.advance(20_000);
  assert.equal(world.store.tables.destinations.get(1)?.health.reason, 'unusable_settings');
  changeDestination(world.store.tables, 1, { config: { url: 'https://splunk.example.com' } });
  await world.untilSettled(5_000);
  assert.equal(world.store.tables.destinations.get(1)?.health.state, 'healthy');
  await world.stop(delivery);
});

void test('a paused destination gets nothing; what is in flight finishes; resumed, it gets the rest', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.latencyMs = 1_000;
  world.record(1, 10_000);
  const delivery = world.start();
  await world.clock.until(() => receiver.open === 4, 5_000);
  changeDestination(world.store.tables, 1, { state: 'paused' });
  await world.clock.advance(60_000);
  const taken = receiver.uids.length;
  assert.ok(taken >= 4 * 512 && taken < 10_000);
  assert.equal(world.openRows(), 10_000 - taken, 'what was in flight is completed');
  assert.equal(world.seen.lanes.at(-1), 'released');
  changeDestination(world.store.tables, 1, { state: 'active' });
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 10_000);
  assert.equal(new Set(receiver.uids).size, 10_000);
});

void test('a destination near its capacity gets one request at a time for a while', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, (events, take) => {
    take(events);
    return { kind: 'delivered', slowDown: true, answer: answer(200, '24') };
  });
  receiver.latencyMs = 100;
  world.record(1, 512 * 20);
  const delivery = world.start();
  await world.clock.until(() => receiver.requests.length >= 4, 5_000);
  await world.clock.advance(100);
  receiver.mostOpen = 0;
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.equal(receiver.mostOpen, 1);
  assert.equal(receiver.uids.length, 512 * 20);
});

void test('a trickle of events makes at most twenty requests a second', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.latencyMs = 1;
  const delivery = world.start();
  for (let number = 1; number <= 400; number += 1) {
    world.record(number, number);
    delivery.wake();
    await world.clock.advance(5);
  }
  await world.untilSettled(5_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 400);
  assert.ok(receiver.requests.length <= 42, `${receiver.requests.length} requests in two seconds`);
});

void test('a dead destination does not delay another', async () => {
  const world = new DeliveryWorld();
  const dead = world.destination(1, () => new Promise(() => {}));
  const slow = world.destination(2);
  slow.latencyMs = 60_000;
  const quick = world.destination(3);
  world.record(1, 3_000);
  const delivery = world.start();
  const tookMs = await world.clock.until(() => world.openRows(3) === 0, 5_000);
  assert.ok(tookMs < 500, `${tookMs}`);
  assert.equal(quick.uids.length, 3_000);
  assert.equal(dead.taken.length, 0);
  await world.stop(delivery);
});

void test('a batch that was being written when a pause began waits for its end', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1, () => ({
    kind: 'throttled',
    retryAfterMs: 20_000,
    answer: answer(429),
  }));
  receiver.latencyMs = 1;
  receiver.limits = { ...receiver.limits, maxEvents: 10 };
  world.record(1, 20);
  const { store, clock } = world;
  const form = store.formBatch.bind(store);
  store.formBatch = async (...args) => {
    const formed = await form(...args);
    await clock.sleep(
      receiver.requests.length === 0 && receiver.open === 1 ? 50 : 0,
      new AbortController().signal,
    );
    return formed;
  };
  const delivery = world.start();
  await clock.until(() => receiver.requests.length === 1, 10_000);
  await clock.advance(19_000);
  assert.equal(receiver.requests.length, 1, 'the second batch is written and not sent');
  assert.equal(world.openBatches(), 2);
  receiver.behaviour = takeAll;
  await world.untilSettled(10_000);
  await world.stop(delivery);
});

for (const moves of [false, true]) {
  const name = moves
    ? 'a Retry-After of an address that was left says nothing of the next one'
    : 'a Retry-After that answers a request from before new settings is kept to';
  void test(name, async () => {
    const world = new DeliveryWorld();
    const receiver = world.destination(1);
    receiver.behaviour = () => ({ kind: 'throttled', retryAfterMs: 90_000, answer: answer(429) });
    receiver.latencyMs = 5_000;
    world.record(1, 10);
    const delivery = world.start();
    await world.clock.until(() => receiver.open === 1, 10_000);
    const config = moves ? { url: 'https://other.example.com' } : { index: 'new' };
    changeDestination(world.store.tables, 1, { config });
    delivery.wake();
    await world.clock.until(() => receiver.requests.length === 1, 10_000);
    const askedAtMs = world.clock.monotonicMs();
    receiver.behaviour = takeAll;
    await world.clock.until(() => receiver.requests.length === 2, 200_000);
    const waitedMs = (receiver.requests[1]?.atMs ?? 0) - askedAtMs;
    assert.ok(moves ? waitedMs < 2_000 : waitedMs >= 90_000, `${waitedMs} ms`);
    await world.stop(delivery);
  });
}
