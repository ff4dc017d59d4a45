import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Client } from 'pg';
import { addDestination, newWorkspace, recordDraft } from '../../../test/store-contract/store-fixtures.ts';
import {
  usePostgresStores,
  type PostgresStores,
  type TestPostgresStore,
} from '../../../test/support/postgres-store.ts';
import { StoreError } from '../store-error.ts';
import { StoreUnavailableError } from '../store-unavailable-error.ts';
import { Database } from './database.ts';
import { openPostgresStore } from './open-postgres-store.ts';
import { enqueueInPostgres, recordInPostgres } from './record-transaction.ts';

const logger = { warn: () => undefined };

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

async function backendOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  assert.ok(rows[0] !== undefined);
  return rows[0].pid;
}

async function countRecords(opened: TestPostgresStore): Promise<unknown> {
  const [row] = await opened.sql('select count(*)::integer as n from aegis_siem_attestations');
  return row?.['n'];
}

/** Waits until a statement of the store waits for a lock: then it is surely in the middle. */
async function waitForBlocked(opened: TestPostgresStore): Promise<number> {
  for (;;) {
    const [row] = await opened.sql(
      `select pid from pg_stat_activity
       where datname = current_database() and application_name like 'aegis-siem %' and wait_event_type = 'Lock'`,
    );
    if (row !== undefined) return Number(row['pid']);
  }
}

void describe('a PostgreSQL connection that is lost', { timeout: 60_000 }, () => {
  void test('in the middle of a group: nothing is acknowledged or half there, and the next call works', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      await addDestination(opened.store, workspaceId);
      const other = await opened.connect();
      await other.query('begin');
      await other.query('lock table aegis_siem_attestations in access exclusive mode');
      const drafts = [recordDraft(workspaceId), recordDraft(workspaceId)];
      const recording = opened.store.record.recordAttestations(drafts);
      const pid = await waitForBlocked(opened);
      await other.query('select pg_terminate_backend($1)', [pid]);
      const results = await recording;
      assert.deepEqual(
        results.map((result) => (result.status === 'failed' ? result.code : result.status)),
        ['store_unavailable', 'store_unavailable'],
      );
      await other.query('rollback');
      assert.equal(await countRecords(opened), 0);
      const again = await opened.store.record.recordAttestations(drafts);
      assert.deepEqual(
        again.map((result) => result.status),
        ['recorded', 'recorded'],
      );
    }));

  void test('in the middle of a delivery call: a typed rejection, and the next call works', () =>
    withStore(async (opened) => {
      const other = await opened.connect();
      await other.query('begin');
      await other.query('lock table aegis_siem_outbox in access exclusive mode');
      const reading = assert.rejects(
        opened.store.delivery.listDue(),
        (error: unknown) => error instanceof StoreUnavailableError && error.code === 'store_unavailable',
      );
      const pid = await waitForBlocked(opened);
      await other.query('select pg_terminate_backend($1)', [pid]);
      await reading;
      await other.query('rollback');
      assert.deepEqual(await opened.store.delivery.listDue(), []);
    }));

  void test('between two statements of a transaction: a typed rejection, and the process goes on', () =>
    withStore(async (opened) => {
      const database = new Database({
        url: opened.url,
        schema: 'public',
        applicationName: 'test',
        maxConnections: 1,
        statementTimeoutMs: 5_000,
        logger,
      });
      const lost = database.transaction(async (statements) => {
        const row = await statements.first('select pg_backend_pid() as pid');
        await opened.sql('select pg_terminate_backend($1)', [row?.['pid']]);
        // No statement is under way that could be told of it: an error that nobody listens for ends the process.
        await setTimeout(200);
        await statements.run('select 1');
      });
      await assert.rejects(lost, (error: unknown) => error instanceof StoreUnavailableError);
      assert.deepEqual(await database.first('select 1 as one'), { one: 1 });
      await database.close();
    }));

  void test("in the caller's transaction: recording throws a typed error, enqueuing answers transaction_lost", () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      for (const pipeline of [false, true]) {
        const client = await opened.connect({ pipeline });
        const pid = await backendOf(client);
        await client.query('begin');
        const recorded = await recordInPostgres(client, recordDraft(workspaceId), { logger });
        assert.equal(recorded.status, 'recorded');
        const ended = new Promise((resolve) => {
          client.once('end', resolve);
        });
        await opened.sql('select pg_terminate_backend($1)', [pid]);
        await ended;
        await assert.rejects(
          recordInPostgres(client, recordDraft(workspaceId), { logger }),
          (error: unknown) => error instanceof StoreUnavailableError,
        );
        const enqueued = await enqueueInPostgres(
          client,
          { attestationId: recordDraft(workspaceId).recordId },
          { logger },
        );
        assert.equal(enqueued.status, 'transaction_lost');
      }
      assert.equal(await countRecords(opened), 0);
    }));

  void test('a server that is away is a typed error, and needs no restart of the store', async () => {
    const store = await openPostgresStore('postgres://nobody:nothing@127.0.0.1:1/none', { logger });
    await assert.rejects(store.ping(), (error: unknown) => {
      assert.ok(error instanceof StoreUnavailableError);
      assert.ok(!error.message.includes('nothing'), 'no secret in the message');
      return true;
    });
    const [result] = await store.record.recordAttestations([recordDraft('ws')]);
    assert.equal(result?.status, 'failed');
    await store.close();
  });
});

void describe('a PostgreSQL transaction that has failed', { timeout: 60_000 }, () => {
  void test('COMMIT that is answered with ROLLBACK is an error', () =>
    withStore(async (opened) => {
      const database = new Database({
        url: opened.url,
        schema: 'public',
        applicationName: 'test',
        maxConnections: 1,
        statementTimeoutMs: 5_000,
        logger,
      });
      const swallowing = database.transaction(async (statements) => {
        await statements.run(
          `insert into aegis_siem_attestations (attestation_id, workspace_id, body) values (gen_random_uuid(), 'w', '{}')`,
        );
        // A failure that nobody looked at: the transaction is aborted and COMMIT does not say so.
        await statements.run('select 1 / 0').catch(() => undefined);
      });
      await assert.rejects(swallowing, StoreError);
      assert.equal(await countRecords(opened), 0);
      // The connection is used again.
      assert.deepEqual(await database.first('select 1 as one'), { one: 1 });
      await database.close();
    }));

  void test('recording and enqueuing in it answer transaction_lost', () =>
    withStore(async (opened) => {
      for (const pipeline of [false, true]) {
        const client = await opened.connect({ pipeline });
        await client.query('begin');
        await assert.rejects(client.query('select 1 / 0'));
        const recorded = await recordInPostgres(client, recordDraft('ws'), { logger });
        assert.equal(recorded.status, 'transaction_lost');
        const enqueued = await enqueueInPostgres(
          client,
          { attestationId: recordDraft('ws').recordId },
          { logger },
        );
        assert.equal(enqueued.status, 'transaction_lost');
        assert.equal((await client.query('commit')).command, 'ROLLBACK');
      }
    }));
});
