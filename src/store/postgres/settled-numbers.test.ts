import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  addDestination,
  newWorkspace,
  openRows,
  recordDraft,
  recordSome,
  reconcileUntil,
} from '../../../test/store-contract/store-fixtures.ts';
import {
  usePostgresStores,
  type PostgresStores,
  type TestPostgresStore,
} from '../../../test/support/postgres-store.ts';
import { SchemaMissingError } from '../schema-missing-error.ts';
import { SchemaNewerError } from '../schema-newer-error.ts';
import { openPostgresStore } from './open-postgres-store.ts';
import { recordInPostgres } from './record-transaction.ts';

const logger = { warn: () => undefined };
const LIMITS = { maxRecords: 1_000, maxMissed: 1_000 };

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

async function markOf(opened: TestPostgresStore): Promise<number> {
  const [row] = await opened.sql('select min(mark) as mark from aegis_siem_reconciler');
  return Number(row?.['mark']);
}

void describe(
  'numbers that are given out in another order than they are committed',
  { timeout: 60_000 },
  () => {
    void test("the reconciler's mark waits for a transaction that holds a lower number, and then repairs it", () =>
      withStore(async (opened) => {
        const workspaceId = newWorkspace();
        const destination = await addDestination(opened.store, workspaceId);
        const slow = await opened.connect();
        await slow.query('begin');
        const late = await recordInPostgres(slow, recordDraft(workspaceId), { logger });
        assert.ok(late.status === 'recorded');
        // Its enqueue is lost without a note: only the missing evidence can tell.
        await slow.query('delete from aegis_siem_outbox where record_no = $1', [late.recordNo]);
        const [early] = await recordSome(opened.store, workspaceId, 1);
        assert.ok(early !== undefined && early.recordNo > late.recordNo);
        for (let step = 0; step < 5; step += 1) {
          const report = await opened.store.delivery.reconcile(LIMITS);
          assert.equal(report.repairedEnqueued, 0);
          assert.ok((await markOf(opened)) < late.recordNo, 'the mark has not passed the open transaction');
        }
        await slow.query('commit');
        const report = await reconcileUntil(
          opened.store,
          async () => (await openRows(opened.store, destination)).length === 2,
        );
        assert.equal(report.repaired, 1);
        assert.ok((await markOf(opened)) >= early.recordNo);
      }));

    void test('nor is it misled by a higher number of an older transaction', () =>
      withStore(async (opened) => {
        const workspaceId = newWorkspace();
        await addDestination(opened.store, workspaceId);
        const [older, younger] = [await opened.connect(), await opened.connect()];
        await older.query('begin; select pg_current_xact_id()');
        await younger.query('begin');
        const lower = await recordInPostgres(younger, recordDraft(workspaceId), { logger });
        const higher = await recordInPostgres(older, recordDraft(workspaceId), { logger });
        assert.ok(lower.status === 'recorded' && higher.status === 'recorded');
        assert.ok(lower.recordNo < higher.recordNo);
        // Below every running transaction now, and yet a lower number is still on its way.
        await older.query('commit');
        for (let step = 0; step < 5; step += 1) {
          await opened.store.delivery.reconcile(LIMITS);
          assert.ok((await markOf(opened)) < lower.recordNo);
        }
        await younger.query('commit');
        await reconcileUntil(opened.store, async () => (await markOf(opened)) >= higher.recordNo);
      }));

    void test('a prepared transaction counts as running', async (t) =>
      withStore(async (opened) => {
        const [setting] = await opened.sql('show max_prepared_transactions');
        if (setting?.['max_prepared_transactions'] === '0') {
          t.skip('this server has max_prepared_transactions = 0');
          return;
        }
        const workspaceId = newWorkspace();
        await addDestination(opened.store, workspaceId);
        const client = await opened.connect();
        await client.query('begin');
        const late = await recordInPostgres(client, recordDraft(workspaceId), { logger });
        await client.query(`prepare transaction 'aegis_siem_test_settled'`);
        await recordSome(opened.store, workspaceId, 1);
        for (let step = 0; step < 3; step += 1) await opened.store.delivery.reconcile(LIMITS);
        assert.ok(late.status === 'recorded' && (await markOf(opened)) < late.recordNo);
        await client.query(`commit prepared 'aegis_siem_test_settled'`);
      }));

    void test('another cluster or timeline begins with what was settled before, and opens no gap', () =>
      withStore(async (opened) => {
        const workspaceId = newWorkspace();
        const destination = await addDestination(opened.store, workspaceId);
        await recordSome(opened.store, workspaceId, 1);
        await opened.store.delivery.reconcile(LIMITS);
        // As after a restore: the pending transaction id is one that this cluster will not reach for ages.
        await opened.sql(`update aegis_siem_settled set anchor = 'elsewhere', pending_xid = '4000000000'`);
        const [lost] = await recordSome(opened.store, workspaceId, 1);
        await opened.sql('delete from aegis_siem_outbox where record_no = $1', [lost?.recordNo]);
        await reconcileUntil(
          opened.store,
          async () => (await openRows(opened.store, destination)).length === 2,
        );
        const lane = await opened.store.delivery.takeLane(destination.destinationNo, 'owner', 60_000);
        assert.equal(lane?.epochAnchor, lane?.currentAnchor);
      }));
  },
);

void describe('the schema of the PostgreSQL store', { timeout: 60_000 }, () => {
  void test('two that migrate at once: one does it, the other finds it done', () =>
    withStore(async (opened) => {
      await opened.sql('drop schema public cascade');
      const other = await openPostgresStore(opened.url, { logger });
      await assert.rejects(other.ping(), SchemaMissingError);
      const reports = await Promise.all([opened.store.migrate(), other.migrate()]);
      const applied = reports.map((report) => report.applied.length).sort((a, b) => a - b);
      assert.equal(applied[0], 0);
      assert.ok((applied[1] ?? 0) > 0);
      await other.ping();
      await other.close();
    }));

  void test('of a newer release is not touched', () =>
    withStore(async (opened) => {
      await opened.sql(`insert into aegis_siem_schema values (999, '999-later.sql', 0)`);
      await assert.rejects(opened.store.ping(), SchemaNewerError);
      await assert.rejects(opened.store.migrate(), SchemaNewerError);
    }));

  void test('can be another one than public, and then holds everything', () =>
    withStore(async (opened) => {
      await opened.sql('drop schema public cascade');
      const store = await openPostgresStore(opened.url, { logger, schema: 'siem' });
      await store.migrate();
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      await recordSome(store, workspaceId, 3);
      assert.equal((await openRows(store, destination)).length, 3);
      const client = await opened.connect();
      await client.query('begin');
      const result = await recordInPostgres(client, recordDraft(workspaceId), { logger, schema: 'siem' });
      assert.equal(result.status === 'recorded' && result.enqueued, 1);
      await client.query('commit');
      await store.delivery.reconcile(LIMITS);
      await store.close();
      await assert.rejects(openPostgresStore(opened.url, { schema: 'bad"name' }), RangeError);
    }));
});
