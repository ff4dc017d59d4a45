import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { MemoryRetentionStore } from '../store/memory/memory-retention-store.ts';
import type { PruneReport, RetentionStore } from '../outbox/retention-store.ts';

const DAY_MS = 86_400_000;

void test('receipts are removed by their age in steps with pauses, and the table stays of one size', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.limits = { ...receiver.limits, maxEvents: 1 };
  const reports: PruneReport[] = [];
  const delivery = world.start({
    retention: new MemoryRetentionStore(world.store.tables),
    retentionAges: { receiptsMs: 3 * DAY_MS },
    limits: { pollMs: 60_000, retentionRows: 4, retentionPauseMs: 1_000 },
    observer: { pruned: (report) => reports.push(report) },
  });
  const sizes: number[] = [];
  for (let day = 0; day < 12; day += 1) {
    world.record(day * 10 + 1, day * 10 + 10);
    delivery.wake();
    await world.clock.advance(DAY_MS);
    sizes.push(world.store.tables.receipts.length);
  }
  await world.stop(delivery);
  assert.deepEqual(sizes.slice(0, 3), [10, 20, 30]);
  assert.ok(Math.max(...sizes) <= 40, sizes.join(', '));
  assert.equal(sizes.at(-1), sizes.at(-2), 'as many go as come');
  assert.ok(reports.every(({ receipts }) => receipts <= 4));
  assert.equal(
    reports.reduce((sum, { receipts }) => sum + receipts, 0),
    120 - (sizes.at(-1) ?? 0),
  );
  assert.equal(receiver.uids.length, 120);
});

void test('nothing is removed where no age is given', async () => {
  const world = new DeliveryWorld();
  world.destination(1);
  const asked: unknown[] = [];
  const store: RetentionStore = {
    prune: (cutoffs) => {
      asked.push(cutoffs);
      return Promise.resolve({ receipts: 0, attempts: 0, skippedLetters: 0, more: false });
    },
  };
  const delivery = world.start({ retention: store, retentionAges: {} });
  await world.clock.advance(2 * 3_600_000);
  await world.stop(delivery);
  assert.deepEqual(asked, [{}, {}, {}]);
});

void test('a store that fails is asked again at the next turn, and delivery goes on', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  let turns = 0;
  const store: RetentionStore = {
    prune: () => {
      turns += 1;
      return turns === 1 ? Promise.reject(new Error('disk I/O error')) : Promise.resolve(NOTHING);
    },
    foldLog: () => Promise.reject(new Error('disk I/O error')),
  };
  world.record(1, 5);
  const delivery = world.start({ retention: store });
  await world.clock.advance(3_700_000);
  await world.stop(delivery);
  assert.equal(turns, 2);
  assert.equal(receiver.uids.length, 5);
  assert.ok(world.seen.logged.includes('Old rows could not be removed; the next turn tries again'));
});

void test('a reader that holds the log for minutes is named, once in a while', async () => {
  const world = new DeliveryWorld();
  let looks = 0;
  const store: RetentionStore = {
    prune: () => Promise.resolve(NOTHING),
    foldLog: () => {
      looks += 1;
      return Promise.resolve({ logBytes: looks * 1_000_000, cut: false, heldByReader: looks !== 35 });
    },
  };
  const delivery = world.start({ retention: store });
  const named = () => world.seen.logged.filter((message) => message.includes('write-ahead log')).length;
  await world.clock.advance(299_000);
  assert.equal(named(), 0);
  await world.clock.advance(2_000);
  assert.equal(named(), 1);
  await world.clock.advance(340_000);
  assert.equal(named(), 1, 'a free moment begins the count anew');
  await world.clock.advance(20_000);
  assert.equal(named(), 2);
  await world.stop(delivery);
});

const NOTHING: PruneReport = { receipts: 0, attempts: 0, skippedLetters: 0, more: false };
