import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  addDestination,
  ANSWER_200,
  auditRecord,
  batchDraft,
  newWorkspace,
  recordDraft,
  recordSome,
  takeLane,
} from '../../../test/store-contract/store-fixtures.ts';
import {
  usePostgresStores,
  type PostgresStores,
  type TestPostgresStore,
} from '../../../test/support/postgres-store.ts';
import { recordInPostgres } from './record-transaction.ts';

let stores: PostgresStores | undefined;
before(async () => {
  stores = await usePostgresStores();
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

void describe('what people change and what the delivery writes on PostgreSQL', { timeout: 60_000 }, () => {
  void test('deleting a destination waits for a batch that is being finished, and the batch never for it', () =>
    withStore(async (opened) => {
      const { store } = opened;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const records = await recordSome(store, workspaceId, 3);
      const lane = await takeLane(store, destination);
      const draft = batchDraft(
        lane,
        records.map(({ recordNo }) => recordNo),
      );
      await store.delivery.formBatch(lane.lease, draft);

      // A completion in slow motion: it has the batch and does not have the rows yet.
      const completing = await opened.connect();
      await completing.query('begin');
      await completing.query('select from aegis_siem_batches where destination_no = $1 for update', [
        destination.destinationNo,
      ]);
      const deleting = store.admin.deleteDestination(
        destination.destinationId,
        { actor: 'someone', reason: 'not needed' },
        auditRecord(workspaceId),
      );
      await untilOneWaits(opened);
      const { lease } = lane;
      const { rows } = await completing.query<{ readonly result: string }>(
        'select aegis_siem_complete_batch($1, $2, $3, $4, $5, $6, $7, null, $8) as result',
        [
          lease.destinationNo,
          lease.owner,
          lease.token,
          draft.epochNo,
          draft.firstSeq,
          200,
          JSON.stringify(ANSWER_200),
          '[]',
        ],
      );
      assert.equal(rows[0]?.result, 'settled');
      await completing.query('commit');
      assert.deepEqual(await deleting, { status: 'deleted' });
      const [letters] = await opened.sql(
        `select count(*) as letters from aegis_siem_dead_letters where destination_no = ${destination.destinationNo}`,
      );
      assert.equal(Number(letters?.['letters']), 0, 'what was delivered is not skipped as well');
    }));

  void test('saving the state of a lane waits for a change of settings, and the change never for it', () =>
    withStore(async (opened) => {
      const { store } = opened;
      const destination = await addDestination(store, newWorkspace());
      const { destinationNo } = destination;
      const { lease } = await takeLane(store, destination);
      // A change in slow motion: it has the destination and does not have the lane yet.
      const changing = await opened.connect();
      await changing.query('begin');
      await changing.query(
        'select from aegis_siem_destinations where destination_no = $1 for no key update',
        [destinationNo],
      );
      const health = { ...destination.health, state: 'failing', reason: 'timeout' } as const;
      const saving = store.delivery.saveLane(lease, { pausedUntilMs: 1, failureStreak: 1, health });
      await untilOneWaits(opened);
      await changing.query('update aegis_siem_lanes set paused_until = 0 where destination_no = $1', [
        destinationNo,
      ]);
      await changing.query('commit');
      assert.equal(await saving, true);
      const after = await store.admin.readDestination(destination.destinationId, {});
      assert.equal(after?.health.reason, 'timeout');
    }));
});

void test(
  'a record that commits after its destination was deleted is skipped with a trace, and not forgotten',
  { timeout: 60_000 },
  () =>
    withStore(async (opened) => {
      const { store } = opened;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const recording = await opened.connect();
      await recording.query('begin');
      const late = await recordInPostgres(recording, recordDraft(workspaceId), {
        logger: { warn: () => undefined },
      });
      assert.ok(late.status === 'recorded' && late.enqueued === 1);
      const deleted = await store.admin.deleteDestination(
        destination.destinationId,
        undefined,
        auditRecord(workspaceId),
      );
      assert.deepEqual(deleted, { status: 'deleted' }, 'the row cannot be seen yet');
      await recording.query('commit');
      await store.delivery.reconcile({ maxRecords: 1_000, maxMissed: 1_000 });
      const letters = await opened.sql(
        `select record_no, status, code, skipped_by from aegis_siem_dead_letters where destination_no = ${destination.destinationNo}`,
      );
      assert.deepEqual(letters, [
        {
          record_no: String(late.recordNo),
          status: 'skipped',
          code: 'destination_deleted',
          skipped_by: 'reconciler',
        },
      ]);
      const left = await opened.sql(
        `select record_no from aegis_siem_outbox where destination_no = ${destination.destinationNo}`,
      );
      assert.deepEqual(left, []);
    }),
);

/** Resolves once a session waits for a lock of another one. */
async function untilOneWaits(opened: TestPostgresStore): Promise<void> {
  for (;;) {
    const [row] = await opened.sql(
      `select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (Number(row?.['waiting']) > 0) return;
  }
}
