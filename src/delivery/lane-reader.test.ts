import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { FakeClock } from '../../test/delivery/fake-clock.ts';
import type { OpenRow, OpenRowQuery } from '../outbox/delivery-store.ts';
import { LaneReader } from './lane-reader.ts';

function row(recordNo: number): OpenRow {
  return {
    recordNo,
    source: 'attestation',
    recordId: `e${recordNo}`,
    body: 'x'.repeat(100),
    replayed: false,
  };
}

function readerOver(read: (query: OpenRowQuery) => readonly OpenRow[]): {
  reader: LaneReader;
  clock: FakeClock;
} {
  const clock = new FakeClock();
  const store = { readOpenRows: async (query: OpenRowQuery) => read(query) };
  return { reader: new LaneReader(1, store, clock, { returnToStartMs: 1_000 }), clock };
}

void test('reads on from its cursor, and from the start again after a second', async () => {
  const cursors: number[] = [];
  const { reader, clock } = readerOver((query) => {
    cursors.push(query.afterRecordNo);
    return [row(query.afterRecordNo + 1), row(query.afterRecordNo + 2)];
  });
  for (let round = 0; round < 3; round += 1) {
    const { rows } = await reader.read(2, 1_000, () => []);
    reader.took(rows, 2, 200);
  }
  await clock.advance(1_000);
  await reader.read(2, 1_000, () => []);
  assert.deepEqual(cursors, [0, 2, 4, 0]);
});

void test('is drained only when the start shows nothing and nothing was announced meanwhile', async () => {
  let announce = true;
  const { reader } = readerOver(() => {
    if (announce) reader.look();
    return [];
  });
  await reader.read(2, 1_000, () => []);
  assert.equal(reader.drained, false);
  announce = false;
  await reader.read(2, 1_000, () => []);
  assert.equal(reader.drained, true);
  reader.look();
  assert.equal(reader.drained, false);
});

void test('reads as many bytes of records as make a full batch on the wire', async () => {
  const asked: number[] = [];
  const { reader } = readerOver((query) => {
    asked.push(query.maxBodyBytes);
    return [row(1), row(2)];
  });
  const { rows } = await reader.read(2, 1_000, () => []);
  reader.took(rows, 2, 600);
  await reader.read(2, 1_000, () => []);
  assert.deepEqual(asked, [1_000, 334], 'an event is three times its record');
});

void test('a record with a lower number that commits late is delivered while a long backlog drains', async () => {
  const world = new DeliveryWorld();
  const receiver = world.destination(1);
  receiver.latencyMs = 100;
  receiver.limits = { ...receiver.limits, maxEvents: 50 };
  world.record(1, 10_000);
  // Its number was given, and its transaction commits when the lane is long past it.
  world.store.tables.outbox.get(1)?.delete(3);
  const delivery = world.start();
  await world.clock.until(() => receiver.uids.length > 1_000, 20_000);
  world.store.tables.outbox.get(1)?.set(3, false);
  await world.clock.until(() => receiver.uids.includes('e3'), 20_000);
  assert.ok(receiver.uids.length < 6_000, `after ${receiver.uids.length} of 10,000 events`);
  await world.untilSettled(60_000);
  await world.stop(delivery);
  assert.equal(new Set(receiver.uids).size, 10_000);
});

void test('what was read ahead is used when it is what comes next, and only then', async () => {
  const asked: number[] = [];
  const { reader } = readerOver((query) => {
    asked.push(query.afterRecordNo);
    return [row(query.afterRecordNo + 1), row(query.afterRecordNo + 2)];
  });
  const first = await reader.read(2, 1_000, () => []);
  reader.took(first.rows, 2, 200);
  reader.readAhead(2, 1_000, () => []);
  const second = await reader.read(2, 1_000, () => []);
  assert.deepEqual(
    second.rows.map(({ recordNo }) => recordNo),
    [3, 4],
  );
  assert.deepEqual(asked, [0, 2]);
  reader.took(second.rows, 1, 100);
  reader.readAhead(2, 1_000, () => []);
  await reader.read(1, 1_000, () => []);
  reader.readAhead(2, 1_000, () => []);
  reader.restart();
  await reader.read(2, 1_000, () => []);
  assert.deepEqual(asked, [0, 2, 3, 3, 3, 0]);
});

void test('a failure of reading ahead is told to the one who asks for the rows', async () => {
  let fails = false;
  const { reader } = readerOver((query) => {
    if (fails) throw new Error('the store is away');
    return [row(query.afterRecordNo + 1)];
  });
  reader.took((await reader.read(1, 1_000, () => [])).rows, 1, 100);
  fails = true;
  reader.readAhead(1, 1_000, () => []);
  fails = false;
  await assert.rejects(
    reader.read(1, 1_000, () => []),
    /the store is away/,
  );
  assert.equal((await reader.read(1, 1_000, () => [])).rows.length, 1);
});
