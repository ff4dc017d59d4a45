import assert from 'node:assert/strict';
import { HISTORY_MINUTE_MS } from '../../src/store/history-store.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import { addDestination, deliver, makeDead, newWorkspace, recordSome, takeLane } from './store-fixtures.ts';

const DAY_MS = 86_400_000;

export function historySection(factory: StoreFactory): void {
  describeSection(factory, 'history', (section) => {
    section.test('counts what each minute delivered, before and after it is added up', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const { destinationNo } = destination;
      const [one, two, three, four, five] = await recordSome(store, workspaceId, 5);
      assert.ok(one && two && three && four && five);
      await deliver(store, await takeLane(store, destination), [one.recordNo, two.recordNo], {
        leftOut: [three.recordNo],
      });
      await makeDead(store, await takeLane(store, destination), four);
      await deliver(store, await takeLane(store, destination), [five.recordNo], { replayed: [0] });
      // A checkpoint: alone, without a record.
      await deliver(store, await takeLane(store, destination), [null as unknown as number]);

      const nowMs = Date.now();
      const read = (toMs: number) =>
        store.history.readHistory({ destinationNo, fromMs: nowMs - DAY_MS, toMs, bucketMs: DAY_MS });
      const live = await read(nowMs + HISTORY_MINUTE_MS);
      assert.deepEqual(
        sums(live),
        { delivered: 3, replayed: 1, tombstones: 1, leftOut: 1, batches: 4 },
        'not added up yet',
      );
      assert.ok(
        live.every(({ startMs }) => startMs % DAY_MS === 0),
        'buckets begin where the width says',
      );
      const { delayMaxMs = -1, delayMeanMs = -1 } = live.at(-1) ?? {};
      assert.ok(delayMaxMs >= delayMeanMs && delayMeanMs >= 0 && delayMaxMs < 60_000);

      const bounds = { keepSinceMs: nowMs - DAY_MS, maxMinutes: 10 };
      // The minute has not ended: nothing to add up.
      assert.deepEqual(await store.history.rollUp({ ...bounds, closedBeforeMs: nowMs - HISTORY_MINUTE_MS }), {
        minutes: 0,
        more: false,
      });
      const closed = { ...bounds, closedBeforeMs: nowMs + 2 * HISTORY_MINUTE_MS };
      const { minutes } = await store.history.rollUp(closed);
      assert.ok(minutes >= 1);
      while ((await store.history.rollUp(closed)).more);
      assert.deepEqual(sums(await read(nowMs + HISTORY_MINUTE_MS)), sums(live), 'added up');
      // A second process that adds up the same changes nothing, and what is old goes.
      assert.deepEqual(await store.history.rollUp({ ...closed, keepSinceMs: nowMs + DAY_MS }), {
        minutes: 0,
        more: false,
      });
      const rows = await section.sql('select count(*) as kept from aegis_siem_history');
      assert.equal(Number(rows[0]?.['kept']), 0);
    });

    section.test('a step ends at its bound, and the next goes on', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      for (let made = 0; made < 3; made += 1) {
        const destination = await addDestination(store, workspaceId);
        const [record] = await recordSome(store, workspaceId, 1);
        await deliver(store, await takeLane(store, destination), [record?.recordNo ?? 0]);
      }
      const nowMs = Date.now();
      const bounds = {
        keepSinceMs: nowMs - DAY_MS,
        closedBeforeMs: nowMs + 2 * HISTORY_MINUTE_MS,
        maxMinutes: 1,
      };
      const before = await section.sql('select count(*) as kept from aegis_siem_history');
      assert.deepEqual(await store.history.rollUp(bounds), { minutes: 1, more: true });
      const after = await section.sql('select count(*) as kept from aegis_siem_history');
      assert.equal(Number(after[0]?.['kept']) - Number(before[0]?.['kept']), 1);
    });
  });
}

function sums(
  buckets: readonly Record<'delivered' | 'replayed' | 'tombstones' | 'leftOut' | 'batches', number>[],
) {
  const total = (name: 'delivered' | 'replayed' | 'tombstones' | 'leftOut' | 'batches'): number =>
    buckets.reduce((sum, bucket) => sum + bucket[name], 0);
  return {
    delivered: total('delivered'),
    replayed: total('replayed'),
    tombstones: total('tombstones'),
    leftOut: total('leftOut'),
    batches: total('batches'),
  };
}
