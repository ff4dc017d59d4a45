import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../test/delivery/fake-clock.ts';
import { Bell } from './bell.ts';
import { systemClock } from './clock.ts';
import { createDelivery } from './create-delivery.ts';
import { LearnedBodySize } from './learned-body-size.ts';
import { LookTimes } from './look-times.ts';
import { MemoryDeliveryStore } from '../store/memory/memory-delivery-store.ts';

const LIMITS = { pollMs: 250, secondLookMs: 20, thirdLookMs: 200 };

/** Times of the looks within `untilMs`, for wake-ups at the given times. */
function looksFor(wakes: readonly number[], untilMs: number): number[] {
  const times = new LookTimes(LIMITS);
  const looks: number[] = [];
  times.looked(0);
  for (let now = 1; now <= untilMs; now += 1) {
    if (wakes.includes(now)) times.wake(now);
    if (times.waitMs(now) > 0) continue;
    looks.push(now);
    times.looked(now);
  }
  return looks;
}

void test('without a wake-up it looks at each poll', () => {
  assert.deepEqual(looksFor([], 800), [250, 500, 750]);
});

void test('a wake-up makes it look at once, after 20 ms and after 200 ms', () => {
  assert.deepEqual(looksFor([100], 320), [100, 120, 300]);
});

void test('a storm of wake-ups makes at most one look in 20 ms, and still one 200 ms after the last', () => {
  const looks = looksFor(
    Array.from({ length: 100 }, (_, index) => 100 + index),
    420,
  );
  assert.ok(looks.length <= 8, looks.join(' '));
  assert.equal(looks.at(-1), 399);
});

void test('a bell that rings before anyone waits is heard at the next wait', async () => {
  const bell = new Bell(new FakeClock());
  bell.ring();
  await bell.wait(60_000);
});

void test('a bell ends a wait, and the time does as well', async () => {
  const clock = new FakeClock();
  const bell = new Bell(clock);
  const rung = bell.wait(60_000);
  bell.ring();
  await rung;
  let over = false;
  const waited = bell.wait(500).then(() => {
    over = true;
  });
  await clock.advance(499);
  assert.equal(over, false);
  await clock.advance(1);
  await waited;
});

void test("the machine's clock sleeps no longer than asked, and wakes at an abort", async () => {
  const abort = new AbortController();
  const sleeping = systemClock.sleep(600_000, abort.signal);
  abort.abort();
  await sleeping;
  await systemClock.sleep(600_000, abort.signal);
  const before = systemClock.monotonicMs();
  await systemClock.sleep(1, new AbortController().signal);
  assert.ok(systemClock.monotonicMs() > before);
});

void test('a body that was too big halves the size, and it grows back only after many were taken', () => {
  const size = new LearnedBodySize();
  size.taken();
  assert.equal(size.maxBytes, Infinity);
  size.tooBig(1_000);
  size.tooBig(800);
  assert.equal(size.maxBytes, 400);
  for (let count = 0; count < 499; count += 1) size.taken();
  assert.equal(size.maxBytes, 400);
  size.taken();
  assert.equal(size.maxBytes, 800);
  size.forget();
  assert.equal(size.maxBytes, Infinity);
});

void test('limits that contradict each other are refused, all named', () => {
  const options = {
    store: new MemoryDeliveryStore(() => 0),
    connect: () => {
      throw new Error('not asked');
    },
    openCredentials: () => ({}),
    owner: 'owner',
    logger: { info: () => {}, warn: () => {}, error: () => {} },
  };
  assert.throws(
    () => createDelivery({ ...options, limits: { renewEveryMs: 40_000, maxInFlight: 0 } }),
    /renewEveryMs must be below sendWithoutRenewalMs.*maxInFlight/,
  );
});
