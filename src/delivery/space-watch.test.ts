import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import type { SpaceReport } from '../outbox/backlog-store.ts';
import { MemoryBacklogStore } from '../store/memory/memory-backlog-store.ts';
import { SpaceForecaster } from './space-forecast.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const GIGABYTE = 1_000_000_000;

test('a store that does not grow takes the share that it has, and is never full', () => {
  const forecaster = new SpaceForecaster();
  for (let minute = 0; minute < 90; minute += 1) {
    const forecast = forecaster.add({ usedBytes: GIGABYTE, freeBytes: 9 * GIGABYTE }, minute * MINUTE_MS);
    assert.deepEqual(forecast, { percent: 10 });
  }
});

test('the rate of the last hour tells what is taken a day from now, and when it is full', () => {
  const forecaster = new SpaceForecaster();
  let last = { percent: 0, fullInMs: 0 };
  for (let minute = 0; minute <= 120; minute += 1) {
    // 60 MB an hour for an hour, then 120 MB an hour: the first rate is forgotten.
    const usedBytes = GIGABYTE + minute * 1_000_000 + Math.max(0, minute - 60) * 1_000_000;
    last = {
      fullInMs: 0,
      ...forecaster.add({ usedBytes, freeBytes: 10 * GIGABYTE - usedBytes }, minute * MINUTE_MS),
    };
  }
  const used = GIGABYTE + 180_000_000;
  assert.equal(
    Math.round(last.percent * 10),
    Math.round(((used + 24 * 120_000_000) / (10 * GIGABYTE)) * 1_000),
  );
  assert.ok(Math.abs(last.fullInMs / 3_600_000 - (10 * GIGABYTE - used) / 120_000_000) < 0.01);
});

test('a first burst is no rate yet', () => {
  const forecaster = new SpaceForecaster();
  forecaster.add({ usedBytes: 0, freeBytes: 10 * GIGABYTE }, 0);
  assert.deepEqual(forecaster.add({ usedBytes: GIGABYTE, freeBytes: 9 * GIGABYTE }, MINUTE_MS), {
    percent: 10,
  });
});

test('each share of the disk alarms once, a day ahead, and the way down is told', async () => {
  const world = new DeliveryWorld();
  const startMs = world.clock.monotonicMs();
  const dayOf = (): number => (world.clock.monotonicMs() - startMs) / DAY_MS;
  // One percent more on each day from 10 to 100 percent, then one less.
  const shareOf = (day: number): number => (day < 90 ? 10 + day : 190 - day);
  const space = (): Promise<SpaceReport> => {
    const usedBytes = (shareOf(dayOf()) / 100) * GIGABYTE;
    return Promise.resolve({ usedBytes, freeBytes: GIGABYTE - usedBytes });
  };
  const alarms: string[] = [];
  const delivery = world.start({
    backlog: Object.assign(new MemoryBacklogStore(world.store.tables, () => 0), { space }),
    limits: {
      pollMs: 3_600_000,
      limitLookMs: 3_600_000,
      spaceLookMs: 1_800_000,
      reconcileEveryMs: 3_600_000,
    },
    observer: {
      spaceAlarm: ({ before, after }) => alarms.push(`${before}>${after} on day ${Math.round(dayOf())}`),
    },
  });
  await world.clock.advance(175 * DAY_MS);
  await world.stop(delivery);
  assert.deepEqual(alarms, [
    '0>50 on day 39',
    '50>70 on day 59',
    '70>90 on day 79',
    '90>100 on day 89',
    '100>90 on day 95',
    '90>70 on day 105',
    '70>50 on day 125',
    '50>0 on day 145',
  ]);
});
