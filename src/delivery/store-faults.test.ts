import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import type { DeliveryStore } from '../outbox/delivery-store.ts';

type Method = keyof DeliveryStore;
const METHODS: readonly Method[] = [
  'listDue',
  'takeLane',
  'renewLane',
  'saveLane',
  'readOpenRows',
  'readRecords',
  'openBatches',
  'formBatch',
  'completeBatch',
  'replaceBatch',
  'noteFailedSend',
  'reconcile',
];

/** Fails calls of one method while `failing` says so: before it happened, or after (the answer is lost). */
function faulty(world: DeliveryWorld, method: Method, after: boolean, failing: () => boolean): DeliveryStore {
  return new Proxy(world.store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const call = (value as (...args: unknown[]) => Promise<unknown>).bind(target);
      if (name !== method) return call;
      return async (...args: unknown[]) => {
        if (!failing()) return call(...args);
        if (after) await call(...args);
        throw new Error('the store failed');
      };
    },
  });
}

for (const method of METHODS) {
  for (const after of [false, true]) {
    void test(`loses and doubles nothing when ${method} fails for a while (${after ? 'answer lost' : 'not done'})`, async () => {
      const world = new DeliveryWorld();
      let refuse = 2;
      const receiver = world.destination(1, (events, take) => {
        if (refuse > 0) {
          refuse -= 1;
          return { kind: 'too_big', answer: { status: 413, message: 'too big', durationMs: 1 } };
        }
        take(events);
        return { kind: 'delivered', answer: { status: 200, message: 'ok', durationMs: 1 } };
      });
      world.record(1, 2_000);
      let calls = 0;
      const store = faulty(world, method, after, () => {
        calls += 1;
        return calls % 3 !== 0 && calls < 12;
      });
      const delivery = world.start({ store });
      await world.untilSettled(600_000);
      await world.stop(delivery);
      assert.equal(new Set(receiver.uids).size, 2_000);
      const numbers = new Set(receiver.taken.map((event) => event.seq));
      assert.equal(numbers.size, Math.max(...numbers), 'no number is missing');
      const doubled = receiver.uids.length - 2_000;
      const counted = Object.values(world.seen.duplicates).reduce((sum, events) => sum + events, 0);
      assert.ok(doubled <= counted, `${doubled} doubles, ${counted} counted`);
      assert.deepEqual(world.store.tables.deadLetters, []);
    });
  }
}

void test('a batch that was completed by a call whose answer was lost is no double', async () => {
  const world = new DeliveryWorld();
  world.destination(1);
  world.record(1, 100);
  let first = true;
  const store = faulty(world, 'completeBatch', true, () => {
    const failing = first;
    first = false;
    return failing;
  });
  const delivery = world.start({ store });
  await world.clock.until(() => world.seen.finished.length === 1, 10_000, 'the batch being finished');
  await world.stop(delivery);
  assert.equal(world.seen.finished[0]?.delivered, 100);
  assert.deepEqual(world.seen.duplicates, {});
});

void test('a store that is down for an hour is asked ever more slowly, and delivery goes on by itself', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  world.record(1, 100);
  let down = true;
  let asked = 0;
  const store = faulty(world, 'listDue', false, () => {
    asked += 1;
    return down;
  });
  const delivery = world.start({ store });
  await world.clock.advance(3_600_000);
  assert.ok(asked > 700 && asked < 800, `${asked}`);
  down = false;
  const tookMs = await world.untilSettled(10_000);
  assert.ok(tookMs <= 6_000);
  await world.stop(delivery);
  assert.equal(receiver.uids.length, 100);
});

void test('records whose enqueue failed are found at the start and each minute', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  world.record(1, 5);
  world.store.tables.outbox.get(1)?.delete(2);
  world.store.tables.missed.add(2);
  const delivery = world.start();
  await world.clock.until(() => receiver.uids.length === 5, 2_000, 'the record being found');
  world.record(6, 6);
  world.store.tables.outbox.get(1)?.delete(6);
  await world.clock.advance(61_000);
  assert.equal(receiver.uids.length, 6);
  await world.stop(delivery);
});

void test('an observer or connector that throws does not stop delivery', async () => {
  const world = new DeliveryWorld();
  let thrown = false;
  const receiver = world.destination(1, (events, take) => {
    take(events);
    if (thrown) return { kind: 'delivered', answer: { status: 200, message: 'ok', durationMs: 1 } };
    thrown = true;
    throw new Error('a fault in the connector');
  });
  world.record(1, 10);
  const delivery = world.start({
    observer: {
      attempt: () => {
        throw new Error('a fault in the observer');
      },
      duplicates: ({ cause, events }) => {
        world.seen.duplicates[cause] = events;
      },
    },
  });
  await world.untilSettled(20_000);
  await world.stop(delivery);
  assert.equal(new Set(receiver.uids).size, 10);
  assert.deepEqual(world.seen.duplicates, { ambiguous: 10 });
});
