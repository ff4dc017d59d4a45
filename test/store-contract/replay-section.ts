import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Destination } from '../../src/outbox/destination.ts';
import type { Replay } from '../../src/outbox/replay.ts';
import type { ReplayFeedReport } from '../../src/outbox/replay-store.ts';
import type { CreateReplayResult, ReplayRequest } from '../../src/store/replay-admin-store.ts';
import type { Store } from '../../src/store/store.ts';
import { NOT_SETTLED } from '../../src/outbox/replay-turn.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  auditRecord,
  deliver,
  destinationDraft,
  makeDead,
  newWorkspace,
  openRows,
  recordDraft,
  recordSome,
  takeLane,
  type Recorded,
} from './store-fixtures.ts';

const NOW_MS = 1_795_500_000_000;
const EVERYTHING: ReplayRequest = Object.freeze({ kind: 'range', fromMs: 0 });

/** Replays: what they would do, what they do, and that nothing of it is done twice or for another workspace. */
export function replaySection(factory: StoreFactory): void {
  describeSection(factory, 'replays', (section) => {
    section.test('say before they begin what they would do', async () => {
      const { store } = section;
      const { destination, records } = await withDelivered(store, 4);
      const [first, , , last] = records;
      const [dead] = await recordSome(store, destination.workspaceId, 1);
      assert.ok(first !== undefined && last !== undefined && dead !== undefined);
      await makeDead(store, await takeLane(store, destination), dead);
      await recordSome(store, destination.workspaceId, 2);
      await recordSome(store, newWorkspace(), 3);
      const plan = await store.replays.planReplay(destination, EVERYTHING);
      assert.deepEqual(
        [plan.records, plan.atLeast, plan.duplicates, plan.letters, plan.open],
        [4, false, 4, 1, 2],
      );
      const { oldestRecordedAtMs = 0, newestRecordedAtMs = 0, oldestReceiptMs = 0 } = plan;
      assert.ok(oldestRecordedAtMs > 0 && oldestRecordedAtMs <= newestRecordedAtMs);
      assert.ok(oldestReceiptMs > 0);
      const before = await store.replays.planReplay(destination, {
        kind: 'range',
        fromMs: 0,
        toMs: oldestRecordedAtMs,
      });
      assert.deepEqual([before.records, before.oldestRecordedAtMs], [0, undefined]);
      const fromThere = { kind: 'range', fromMs: oldestRecordedAtMs } as const;
      assert.equal((await store.replays.planReplay(destination, fromThere)).records, 4);
    });

    section.test(
      'come one batch at a time, the next when that one is finished, and count what became of it',
      async () => {
        const { store } = section;
        const { destination, records } = await withDelivered(store, 5);
        const replay = await begin(store, destination, EVERYTHING);
        assert.deepEqual([replay.status, replay.planned, replay.enqueued], ['running', 5, 0]);
        const [late] = await recordSome(store, destination.workspaceId, 1);
        assert.ok(late !== undefined);

        const numbers = records.map(({ recordNo }) => recordNo);
        for (const batch of [numbers.slice(0, 2), numbers.slice(2, 4), numbers.slice(4)]) {
          await feed(store, 2);
          // Asking again while the batch is on its way does nothing, as after a crash or in another process.
          await feed(store, 2);
          assert.deepEqual(await replayedRows(store, destination), batch);
          await deliverRows(store, destination, batch);
        }
        await feed(store, 2);
        const done = await read(store, replay);
        assert.deepEqual(
          [done.status, done.found, done.enqueued, done.delivered, done.dead, done.feeding],
          ['finished', 5, 5, 5, 0, []],
        );
        assert.ok(done.startedAtMs !== undefined && done.finishedAtMs !== undefined);
        // What came after the replay was asked for is a live event, and is not sent twice.
        assert.deepEqual(
          (await openRows(store, destination)).map(({ recordNo, replayed }) => [recordNo, replayed]),
          [[late.recordNo, false]],
        );
        assert.deepEqual((await feed(store, 2)).active, 0);
      },
    );

    section.test('leave out what is open or a dead letter, and count those that go dead', async () => {
      const { store } = section;
      const { destination, records } = await withDelivered(store, 2);
      const [dead, open] = await recordSome(store, destination.workspaceId, 2);
      const [first, second] = records;
      assert.ok(dead && open && first && second);
      await makeDead(store, await takeLane(store, destination), dead);
      const replay = await begin(store, destination, EVERYTHING);
      await feed(store, 10);
      assert.deepEqual(await replayedRows(store, destination), [first.recordNo, second.recordNo]);
      await makeDead(store, await takeLane(store, destination), first);
      await deliverRows(store, destination, [second.recordNo]);
      await feed(store, 10);
      const done = await read(store, replay);
      assert.deepEqual(
        [done.status, done.found, done.enqueued, done.leftOut, done.delivered, done.dead],
        ['finished', 4, 2, 2, 1, 1],
      );
    });

    section.test('count what the filter of the destination left out', async () => {
      const { store } = section;
      const { destination, records } = await withDelivered(store, 2);
      const [first, second] = records;
      assert.ok(first && second);
      const replay = await begin(store, destination, EVERYTHING);
      await feed(store, 10);
      await deliver(store, await takeLane(store, destination), [first.recordNo], {
        replayed: [0],
        leftOut: [second.recordNo],
      });
      await feed(store, 10);
      const done = await read(store, replay);
      assert.deepEqual([done.enqueued, done.delivered, done.filtered, done.dead], [2, 1, 1, 0]);
    });

    section.test('of what is missing send only records without any trace at the destination', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [delivered, filtered, dead, open, missing, alsoMissing] = await recordSome(store, workspaceId, 6);
      assert.ok(delivered && filtered && dead && open && missing && alsoMissing);
      await deliver(store, await takeLane(store, destination), [delivered.recordNo], {
        leftOut: [filtered.recordNo],
      });
      await makeDead(store, await takeLane(store, destination), dead);
      for (const { recordNo } of [missing, alsoMissing]) {
        await section.sql(
          `delete from aegis_siem_outbox where destination_no = ${destination.destinationNo} and record_no = ${recordNo}`,
        );
      }
      const request = { kind: 'missing', sinceMs: 0 } as const;
      const plan = await store.replays.planReplay(destination, request);
      assert.deepEqual([plan.records, plan.duplicates], [2, 0]);
      const replay = await begin(store, destination, request);
      await feed(store, 10);
      assert.deepEqual(await replayedRows(store, destination), [missing.recordNo, alsoMissing.recordNo]);
      await deliverRows(store, destination, [missing.recordNo, alsoMissing.recordNo]);
      await feed(store, 10);
      assert.deepEqual((await read(store, replay)).status, 'finished');
    });

    section.test(
      'of named attestations send those of the workspace, and tell which are unknown',
      async () => {
        const { store } = section;
        const { destination, records } = await withDelivered(store, 3);
        const [foreign] = await recordSome(store, newWorkspace(), 1);
        const [first, , third] = records;
        assert.ok(foreign && first && third);
        const unknown = randomUUID();
        const request = {
          kind: 'attestations',
          attestationIds: [third.recordId, foreign.recordId, unknown, first.recordId],
        } as const;
        const plan = await store.replays.planReplay(destination, request);
        assert.deepEqual([plan.records, plan.unknownIds], [2, [foreign.recordId, unknown]]);
        await begin(store, destination, request);
        await feed(store, 10);
        assert.deepEqual(await replayedRows(store, destination), [first.recordNo, third.recordNo]);
      },
    );

    section.test('take the kinds of records that the destination takes', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId, { sources: ['external'] });
      await recordSome(store, workspaceId, 2);
      const [event] = await store.record.recordEvents([
        { ...recordDraft(workspaceId, { recordId: `e-${randomUUID()}` }), source: 'external' },
      ]);
      assert.equal(event?.status, 'recorded');
      await deliver(store, await takeLane(store, destination), [event.recordNo]);
      await begin(store, destination, EVERYTHING);
      await feed(store, 10);
      assert.deepEqual(await replayedRows(store, destination), [event.recordNo]);
    });

    section.test('a new destination is given what was recorded since its backfill date', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const records = await recordSome(store, workspaceId, 3);
      await recordSome(store, newWorkspace(), 2);
      const make = (fromMs: number): Promise<Destination> =>
        store.admin.createDestination(destinationDraft(workspaceId), auditRecord(workspaceId), {
          replayId: randomUUID(),
          fromMs,
          requestedBy: 'key:test',
        });
      const destination = await make(0);
      const [live] = await recordSome(store, workspaceId, 1);
      assert.ok(live !== undefined);
      const none = await make(Date.now() + 3_600_000);
      const filter = { destinationId: destination.destinationId };
      const [backfill] = (await store.replays.listReplays(filter, { limit: 5 })).items;
      assert.deepEqual(
        [backfill?.origin, backfill?.status, backfill?.planned, backfill?.plannedAtLeast],
        ['backfill', 'running', 3, false],
      );
      await feed(store, 10);
      assert.deepEqual(
        (await openRows(store, destination)).map(({ recordNo, replayed }) => [recordNo, replayed]),
        [...records.map(({ recordNo }) => [recordNo, true]), [live.recordNo, false]],
      );
      assert.deepEqual(await openRows(store, none), []);
      const [empty] = (await store.replays.listReplays({ destinationId: none.destinationId }, { limit: 5 }))
        .items;
      assert.deepEqual([empty?.status, empty?.planned], ['finished', 0]);
    });

    section.test('there is one at a time for a destination', async () => {
      const { store } = section;
      const { destination } = await withDelivered(store, 2);
      const first = await begin(store, destination, EVERYTHING);
      assert.deepEqual(await create(store, destination, EVERYTHING), {
        status: 'another',
        replayId: first.replayId,
      });
      await change(store, first, 'pause');
      assert.equal((await create(store, destination, EVERYTHING)).status, 'another');
      await change(store, first, 'cancel');
      assert.equal((await create(store, destination, EVERYTHING)).status, 'created');
      const gone = { ...destination, destinationId: randomUUID() };
      assert.equal((await create(store, gone, EVERYTHING)).status, 'not_found');
    });

    section.test(
      'are paused, resumed and cancelled; a batch that is on its way is still counted',
      async () => {
        const { store } = section;
        const { destination, records } = await withDelivered(store, 3);
        const numbers = records.map(({ recordNo }) => recordNo);
        const replay = await begin(store, destination, EVERYTHING);
        await feed(store, 1);
        assert.equal((await change(store, replay, 'pause')).status, 'changed');
        assert.equal((await change(store, replay, 'pause')).status, 'unchanged');
        await deliverRows(store, destination, numbers.slice(0, 1));
        await feed(store, 1);
        const paused = await read(store, replay);
        assert.deepEqual([paused.status, paused.delivered, paused.enqueued], ['paused', 1, 1]);
        assert.equal((await change(store, replay, 'resume')).status, 'changed');
        await feed(store, 1);
        assert.deepEqual(await replayedRows(store, destination), numbers.slice(1, 2));
        assert.equal((await change(store, replay, 'cancel')).status, 'changed');
        assert.equal((await change(store, replay, 'resume')).status, 'ended');
        await deliverRows(store, destination, numbers.slice(1, 2));
        await feed(store, 1);
        const cancelled = await read(store, replay);
        assert.deepEqual(
          [cancelled.status, cancelled.delivered, cancelled.enqueued, cancelled.feeding],
          ['cancelled', 2, 2, []],
        );
        assert.deepEqual(await openRows(store, destination), []);
        const log = await store.admin.listAudit({ workspaceId: destination.workspaceId }, { limit: 20 });
        const actions = log.items
          .map(({ action }) => action)
          .filter((action) => action.startsWith('replay.'));
        assert.deepEqual(actions, ['replay.cancel', 'replay.resume', 'replay.pause', 'replay.started']);
      },
    );

    section.test('wait in words while the destination takes nothing, and end with it', async () => {
      const { store } = section;
      const { destination } = await withDelivered(store, 1);
      const { destinationId, workspaceId } = destination;
      const replay = await begin(store, destination, EVERYTHING);
      const setState = (state: 'paused' | 'disabled' | 'active') =>
        store.admin.updateDestination(destinationId, undefined, { state }, auditRecord(workspaceId));
      for (const state of ['paused', 'disabled'] as const) {
        await setState(state);
        await feed(store, 10);
        const waiting = await read(store, replay);
        assert.equal(waiting.status, 'running');
        assert.match(waiting.note ?? '', new RegExp(state));
        assert.deepEqual(await openRows(store, destination), []);
      }
      await store.admin.deleteDestination(destinationId, undefined, auditRecord(workspaceId));
      const { steps } = await feed(store, 10);
      assert.equal(steps.find((step) => step.replayId === replay.replayId)?.ended, 'failed');
      const failed = await read(store, replay);
      assert.equal(failed.status, 'failed');
      assert.match(failed.note ?? '', /deleted/);
    });

    section.test('keep to their rate, and a clock that is set back does not stop them', async () => {
      const { store } = section;
      const { destination, records } = await withDelivered(store, 9);
      const numbers = records.map(({ recordNo }) => recordNo);
      const replay = await begin(store, destination, EVERYTHING, 3);
      const feedAt = async (atMs: number): Promise<number[]> => {
        await store.replayFeed.feed({ maxRows: 500, maxLooked: 500 }, atMs);
        const rows = await replayedRows(store, destination);
        if (rows.length > 0) await deliverRows(store, destination, rows);
        return rows;
      };
      assert.deepEqual(await feedAt(NOW_MS), numbers.slice(0, 3));
      assert.deepEqual(await feedAt(NOW_MS + 999), []);
      assert.deepEqual(await feedAt(NOW_MS + 1_000), numbers.slice(3, 6));
      assert.deepEqual(await feedAt(NOW_MS - 3_600_000), numbers.slice(6));
      assert.equal((await read(store, replay)).enqueued, 9);
    });

    section.test('pass over what they look at in bounded steps', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const records = await recordSome(store, workspaceId, 12);
      const lost = records.at(-1);
      assert.ok(lost !== undefined);
      await deliver(
        store,
        await takeLane(store, destination),
        records.map(({ recordNo }) => recordNo),
      );
      await section.sql(
        `delete from aegis_siem_receipts where destination_no = ${destination.destinationNo}`,
      );
      await deliver(
        store,
        await takeLane(store, destination),
        records.slice(0, -1).map(({ recordNo }) => recordNo),
      );
      await begin(store, destination, { kind: 'missing', sinceMs: 0 });
      let turns = 0;
      while ((await replayedRows(store, destination)).length === 0) {
        await store.replayFeed.feed({ maxRows: 10, maxLooked: 5 }, NOW_MS);
        turns += 1;
        assert.ok(turns < 10);
      }
      assert.equal(turns, 3);
      assert.deepEqual(await replayedRows(store, destination), [lost.recordNo]);
    });

    section.test('are listed newest first, and are not there for another workspace', async () => {
      const { store } = section;
      const { destination } = await withDelivered(store, 1);
      const first = await begin(store, destination, EVERYTHING);
      await change(store, first, 'cancel');
      const second = await begin(store, destination, EVERYTHING);
      const { workspaceId, destinationId } = destination;
      const page = await store.replays.listReplays({ workspaceId }, { limit: 1 });
      assert.deepEqual(
        page.items.map(({ replayId }) => replayId),
        [second.replayId],
      );
      assert.ok(page.nextCursor !== undefined);
      const rest = await store.replays.listReplays(
        { workspaceId, destinationId },
        { limit: 1, cursor: page.nextCursor },
      );
      assert.deepEqual(
        rest.items.map(({ replayId }) => replayId),
        [first.replayId],
      );
      const stranger = { workspaceId: newWorkspace() };
      assert.deepEqual((await store.replays.listReplays(stranger, { limit: 5 })).items, []);
      assert.deepEqual(
        (await store.replays.listReplays({ workspaceId, destinationId: randomUUID() }, { limit: 5 })).items,
        [],
      );
      assert.equal(await store.replays.readReplay(second.replayId, stranger), undefined);
      assert.equal(await store.replays.readReplay('no uuid', {}), undefined);
      const audit = auditRecord(stranger.workspaceId);
      const changed = await store.replays.changeReplay(second.replayId, stranger, 'cancel', audit);
      assert.equal(changed.status, 'not_found');
      assert.equal((await read(store, second)).status, 'running');
    });
  });
}

async function withDelivered(
  store: Store,
  count: number,
): Promise<{ readonly destination: Destination; readonly records: readonly Recorded[] }> {
  const workspaceId = newWorkspace();
  const destination = await addDestination(store, workspaceId);
  const records = await recordSome(store, workspaceId, count);
  await deliver(
    store,
    await takeLane(store, destination),
    records.map(({ recordNo }) => recordNo),
  );
  return { destination, records };
}

async function create(
  store: Store,
  destination: Destination,
  request: ReplayRequest,
  ratePerSecond?: number,
): Promise<CreateReplayResult> {
  return store.replays.createReplay(
    {
      replayId: randomUUID(),
      destinationId: destination.destinationId,
      plan: await store.replays.planReplay(destination, request),
      requestedBy: 'key:test',
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    },
    auditRecord(destination.workspaceId, { action: 'replay.started' }),
  );
}

async function begin(
  store: Store,
  destination: Destination,
  request: ReplayRequest,
  ratePerSecond?: number,
): Promise<Replay> {
  const created = await create(store, destination, request, ratePerSecond);
  assert.equal(created.status, 'created');
  return created.replay;
}

function change(store: Store, { replayId, workspaceId }: Replay, word: 'pause' | 'resume' | 'cancel') {
  const audit = auditRecord(workspaceId, { action: `replay.${word}` });
  return store.replays.changeReplay(replayId, { workspaceId }, word, audit);
}

/** On PostgreSQL a replay begins when the transactions that were open in any database, of other tests too, have ended. */
async function feed(store: Store, maxRows: number): Promise<ReplayFeedReport> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const report = await store.replayFeed.feed({ maxRows, maxLooked: 1_000 }, NOW_MS);
    const { items } = await store.replays.listReplays({}, { limit: 100 });
    const waits = items.some(({ status, note }) => status === 'running' && note === NOT_SETTLED);
    if (!waits) return report;
    assert.ok(performance.now() < deadline, 'the transactions that were open have ended within 20 s');
  }
}

async function read(store: Store, { replayId }: Replay): Promise<Replay> {
  const replay = await store.replays.readReplay(replayId, {});
  assert.ok(replay !== undefined);
  return replay;
}

async function replayedRows(store: Store, destination: Destination): Promise<number[]> {
  const rows = await openRows(store, destination);
  return rows.filter(({ replayed }) => replayed).map(({ recordNo }) => recordNo);
}

async function deliverRows(
  store: Store,
  destination: Destination,
  recordNos: readonly number[],
): Promise<void> {
  await deliver(store, await takeLane(store, destination), recordNos, {
    replayed: recordNos.map((_, index) => index),
  });
}
