/** What only a store with overlapping transactions can get wrong in a replay. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  addDestination,
  auditRecord,
  deliver,
  destinationDraft,
  newWorkspace,
  openRows,
  recordDraft,
  recordSome,
  takeLane,
} from '../../../test/store-contract/store-fixtures.ts';
import {
  usePostgresStores,
  type PostgresStores,
  type TestPostgresStore,
} from '../../../test/support/postgres-store.ts';
import type { Destination } from '../../outbox/destination.ts';
import type { Replay } from '../../outbox/replay.ts';
import { recordInPostgres } from './record-transaction.ts';

const LIMITS = { maxRows: 3, maxLooked: 1_000 };
const logger = { warn: () => undefined };

let stores: PostgresStores | undefined;
before(async () => {
  stores = await usePostgresStores({ alone: true });
});
after(async () => {
  await stores?.close();
});

async function withStore(run: (opened: TestPostgresStore) => Promise<void>): Promise<void> {
  assert.ok(stores !== undefined);
  const opened = await stores.open();
  try {
    await run(opened);
  } finally {
    await opened.close();
  }
}

async function begin({ store }: TestPostgresStore, destination: Destination): Promise<Replay> {
  const created = await store.replays.createReplay(
    {
      replayId: randomUUID(),
      destinationId: destination.destinationId,
      plan: await store.replays.planReplay(destination, { kind: 'missing', sinceMs: 0 }),
      requestedBy: 'key:test',
    },
    auditRecord(destination.workspaceId),
  );
  assert.equal(created.status, 'created');
  return created.replay;
}

void describe('replays on PostgreSQL', { timeout: 60_000 }, () => {
  void test('a record whose transaction was open when the replay was asked for is not stepped over', () =>
    withStore(async (opened) => {
      const { store } = opened;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const slow = await opened.connect();
      await slow.query('begin');
      const late = await recordInPostgres(slow, recordDraft(workspaceId), { logger });
      assert.ok(late.status === 'recorded');
      await slow.query('delete from aegis_siem_outbox where record_no = $1', [late.recordNo]);
      const [early] = await recordSome(store, workspaceId, 1);
      assert.ok(early !== undefined && early.recordNo > late.recordNo);
      await deliver(store, await takeLane(store, destination), [early.recordNo]);

      const replay = await begin(opened, destination);
      for (let turn = 0; turn < 3; turn += 1) await store.replayFeed.feed(LIMITS, Date.now());
      const waiting = await store.replays.readReplay(replay.replayId, {});
      assert.equal(waiting?.status, 'running');
      assert.match(waiting.note ?? '', /transaction/);

      await slow.query('commit');
      const deadline = performance.now() + 20_000;
      while ((await openRows(store, destination)).length === 0) {
        await store.replayFeed.feed(LIMITS, Date.now());
        assert.ok(performance.now() < deadline, 'the transaction is seen to have ended within 20 s');
      }
      assert.deepEqual(
        (await openRows(store, destination)).map(({ recordNo, replayed }) => [recordNo, replayed]),
        [[late.recordNo, true]],
      );
    }));

  void test('a record whose transaction saw no destination yet is in its backfill, once', () =>
    withStore(async (opened) => {
      const { store } = opened;
      const workspaceId = newWorkspace();
      const slow = await opened.connect();
      await slow.query('begin');
      const late = await recordInPostgres(slow, recordDraft(workspaceId), { logger });
      assert.ok(late.status === 'recorded');
      const destination = await store.admin.createDestination(
        destinationDraft(workspaceId),
        auditRecord(workspaceId),
        { replayId: randomUUID(), fromMs: 0, requestedBy: 'key:test' },
      );
      for (let turn = 0; turn < 3; turn += 1) await store.replayFeed.feed(LIMITS, Date.now());
      await slow.query('commit');
      const [live] = await recordSome(store, workspaceId, 1);
      assert.ok(live !== undefined);
      const deadline = performance.now() + 20_000;
      while ((await openRows(store, destination)).length < 2) {
        await store.delivery.reconcile({ maxRecords: 1_000, maxMissed: 1_000 });
        await store.replayFeed.feed(LIMITS, Date.now());
        assert.ok(performance.now() < deadline, 'the transaction is seen to have ended within 20 s');
      }
      assert.deepEqual(
        (await openRows(store, destination)).map(({ recordNo, replayed }) => [recordNo, replayed]),
        [
          [late.recordNo, true],
          [live.recordNo, false],
        ],
      );
    }));

  void test('processes that feed at the same moment make one batch of it', () =>
    withStore(async (opened) => {
      const { store } = opened;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      await recordSome(store, workspaceId, 12);
      await opened.sql('delete from aegis_siem_outbox');
      const replay = await begin(opened, destination);
      const deadline = performance.now() + 20_000;
      while ((await openRows(store, destination)).length === 0) {
        await Promise.all(Array.from({ length: 4 }, () => store.replayFeed.feed(LIMITS, Date.now())));
        assert.ok(performance.now() < deadline, 'the records are settled within 20 s');
      }
      for (let round = 0; round < 4; round += 1) {
        await Promise.all(Array.from({ length: 4 }, () => store.replayFeed.feed(LIMITS, Date.now())));
        const rows = await openRows(store, destination);
        assert.equal(rows.length, 3);
        await deliver(
          store,
          await takeLane(store, destination),
          rows.map(({ recordNo }) => recordNo),
          { replayed: [0, 1, 2] },
        );
      }
      await store.replayFeed.feed(LIMITS, Date.now());
      const done = await store.replays.readReplay(replay.replayId, {});
      assert.deepEqual([done?.status, done?.enqueued, done?.delivered], ['finished', 12, 12]);
    }));
});
