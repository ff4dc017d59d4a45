import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { FakeClock } from '../../test/delivery/fake-clock.ts';
import { FakeReceiver } from '../../test/delivery/fake-receiver.ts';
import { plainBody, plainRenderer } from '../../test/delivery/plain-renderer.ts';
import { addDestination, auditRecord, recordSome } from '../../test/store-contract/store-fixtures.ts';
import type { Destination } from '../outbox/destination.ts';
import type { ReplayFeedStore, ReplayStep } from '../outbox/replay-store.ts';
import type { Replay } from '../outbox/replay.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { createDelivery, type Delivery } from './create-delivery.ts';
import { DEFAULT_DELIVERY_LIMITS } from './delivery-limits.ts';
import { guardObserver } from './delivery-observer.ts';
import { runReplayFeeder } from './replay-feeder.ts';

const WORKSPACE = 'ws-replay';
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const GROUP = 500;

/** A store with `old` records that its destination was never given, and a receiver that answers after 40 ms. */
async function withOldRecords(
  old: number,
  run: (world: {
    readonly store: Store;
    readonly clock: FakeClock;
    readonly receiver: FakeReceiver;
    readonly destination: Destination;
    readonly start: () => Delivery;
    readonly record: (uids: readonly string[]) => Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const store = await openSqliteStore(':memory:');
  await store.migrate();
  const clock = new FakeClock();
  const receiver = new FakeReceiver(clock);
  receiver.latencyMs = 40;
  const record = async (uids: readonly string[]): Promise<void> => {
    const drafts = uids.map((uid) => ({
      recordId: randomUUID(),
      workspaceId: WORKSPACE,
      body: plainBody(uid),
    }));
    await store.record.recordAttestations(drafts);
  };
  try {
    for (let from = 0; from < old; from += GROUP) {
      const count = Math.min(GROUP, old - from);
      await record(Array.from({ length: count }, (_, index) => `old-${from + index}`));
    }
    const destination = await addDestination(store, WORKSPACE, { batch: {} });
    const start = (): Delivery => {
      const delivery = createDelivery({
        store: store.delivery,
        replays: store.replayFeed,
        connect: () => receiver.connector({}),
        openCredentials: () => ({ token: 'opened' }),
        clock,
        random: () => 0.5,
        owner: randomUUID(),
        renderer: plainRenderer(),
        logger: SILENT,
      });
      delivery.start();
      return delivery;
    };
    await run({ store, clock, receiver, destination, start, record });
  } finally {
    await store.close();
  }
}

async function beginReplay(store: Store, destination: Destination, ratePerSecond?: number): Promise<Replay> {
  const created = await store.replays.createReplay(
    {
      replayId: randomUUID(),
      destinationId: destination.destinationId,
      plan: await store.replays.planReplay(destination, { kind: 'missing', sinceMs: 0 }),
      requestedBy: 'key:test',
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    },
    auditRecord(WORKSPACE),
  );
  assert.equal(created.status, 'created');
  return created.replay;
}

async function stop(clock: FakeClock, delivery: Delivery): Promise<void> {
  let stopped = false;
  const stopping = delivery.stop().then(() => {
    stopped = true;
  });
  await clock.until(() => stopped, 60_000);
  await stopping;
}

void test(
  'live events keep their pace while 20,000 old ones are sent again',
  { timeout: 120_000 },
  async () => {
    await withOldRecords(20_000, async ({ store, clock, receiver, destination, start, record }) => {
      const delivery = start();
      const arrived = (uid: string): boolean => receiver.taken.some((event) => event.uid === uid);
      const delayOf = async (uid: string): Promise<number> => {
        await record([uid]);
        delivery.wake();
        return clock.until(() => arrived(uid), 60_000, `${uid} having arrived`);
      };
      const delaysOf = async (name: string, count: number): Promise<number[]> => {
        const delays: number[] = [];
        for (let index = 0; index < count; index += 1) {
          delays.push(await delayOf(`${name}-${index}`));
          await clock.advance(60);
        }
        return delays;
      };
      const alone = Math.max(...(await delaysOf('alone', 10)));
      await beginReplay(store, destination);

      let mostOpen = 0;
      const during: number[] = [];
      while (receiver.taken.length < 20_000) {
        during.push(...(await delaysOf(`beside-${during.length}`, 1)));
        const { openRows } = await store.admin.readProgress(destination.destinationNo);
        mostOpen = Math.max(mostOpen, openRows);
        assert.ok(during.length < 2_000, 'the replay comes to its end');
      }
      assert.ok(during.length > 20, `${during.length} live events beside the replay`);
      // One request of the replay may stand before a live event, however many are still to come.
      const worst = Math.max(...during);
      assert.ok(worst <= alone + receiver.latencyMs, `alone ${alone} ms, beside the replay ${worst} ms`);
      assert.ok(mostOpen <= DEFAULT_DELIVERY_LIMITS.replayRows + 1, `${mostOpen} rows were open`);
      await clock.advance(5_000);
      await stop(clock, delivery);

      const replayed = receiver.taken.filter((event) => event.replayed);
      assert.equal(new Set(replayed.map(({ uid }) => uid)).size, 20_000);
      assert.equal(replayed.length, 20_000, 'none was sent twice');
      assert.ok(receiver.taken.every(({ uid, replayed: again }) => again === uid.startsWith('old-')));
      const numbers = receiver.taken.map(({ seq }) => seq).sort((a, b) => a - b);
      assert.deepEqual(
        numbers,
        Array.from(numbers, (_, index) => index + 1),
        'numbers without a gap',
      );
      const [done] = (await store.replays.listReplays({}, { limit: 1 })).items;
      assert.deepEqual([done?.status, done?.enqueued, done?.delivered], ['finished', 20_000, 20_000]);
    });
  },
);

void test('a replay keeps to its rate', { timeout: 60_000 }, async () => {
  await withOldRecords(1_000, async ({ store, clock, receiver, destination, start }) => {
    const delivery = start();
    await beginReplay(store, destination, 100);
    await clock.until(() => receiver.taken.length > 0, 5_000);
    await clock.advance(4_950);
    assert.ok(receiver.taken.length >= 500 && receiver.taken.length <= 600, `${receiver.taken.length}`);
    await clock.until(() => receiver.taken.length === 1_000, 6_000);
    await stop(clock, delivery);
  });
});

void test('a replay goes on after a stop, from where it was', { timeout: 60_000 }, async () => {
  await withOldRecords(2_000, async ({ store, clock, receiver, destination, start }) => {
    const first = start();
    await beginReplay(store, destination);
    await clock.until(() => receiver.taken.length >= 500, 10_000);
    await stop(clock, first);
    const sofar = receiver.taken.length;
    assert.ok(sofar < 2_000);
    const second = start();
    await clock.until(() => receiver.taken.length === 2_000, 60_000);
    await clock.advance(5_000);
    await stop(clock, second);
    assert.equal(new Set(receiver.taken.map(({ uid }) => uid)).size, 2_000);
    const [done] = (await store.replays.listReplays({}, { limit: 1 })).items;
    assert.deepEqual([done?.status, done?.delivered], ['finished', 2_000]);
  });
});

void test('the feeder survives a store that fails, looks less often when idle, and tells what was done', async () => {
  const clock = new FakeClock();
  const calls: number[] = [];
  const seen: ReplayStep[] = [];
  const step: ReplayStep = { replayId: 'r', destinationId: 'd', enqueued: 2, leftOut: 1 };
  const store: ReplayFeedStore = {
    feed: (_limits, nowMs) => {
      calls.push(nowMs - clock.offsetMs - 1_000_000);
      if (calls.length === 1) return Promise.reject(new Error('the store is away'));
      if (calls.length === 2) return Promise.resolve({ active: 1, steps: [step] });
      return Promise.resolve({ active: calls.length < 6 ? 1 : 0, steps: [] });
    },
  };
  let fed = 0;
  const ending = new AbortController();
  const observer = guardObserver({ replayed: (one) => seen.push(one) }, () => undefined);
  const parts = { store, clock, limits: DEFAULT_DELIVERY_LIMITS, logger: SILENT, observer };
  const running = runReplayFeeder(parts, ending.signal, () => (fed += 1));
  await clock.advance(3_000);
  ending.abort();
  await running;
  assert.deepEqual(calls, [0, 1_000, 1_050, 1_150, 1_350, 1_600, 2_600]);
  assert.deepEqual([fed, seen], [1, [step]]);
});

void test('records of a destination that was made in between are told apart from live ones', async () => {
  await withOldRecords(3, async ({ store, clock, receiver, destination, start }) => {
    await recordSome(store, 'ws-other', 2);
    const delivery = start();
    await beginReplay(store, destination);
    await clock.until(() => receiver.taken.length === 3, 10_000);
    await stop(clock, delivery);
    assert.deepEqual(
      receiver.taken.map(({ uid, replayed }) => [uid, replayed]),
      [
        ['old-0', true],
        ['old-1', true],
        ['old-2', true],
      ],
    );
  });
});
