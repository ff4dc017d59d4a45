import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { usePostgresStores, type PostgresStores } from '../../../test/support/postgres-store.ts';
import { ALL, deliverOneByOne, pruneAll, withLane } from '../../../test/store-contract/retention-section.ts';
import { reconcileUntil } from '../../../test/store-contract/store-fixtures.ts';

void describe('retention on PostgreSQL', () => {
  let stores: PostgresStores | undefined;
  before(async () => {
    stores = await usePostgresStores({ alone: true });
  });
  after(() => stores?.close());

  void test('only one process prunes at a time: another answers at once that there is nothing to do', async () => {
    const open = await stores?.open();
    assert.ok(open !== undefined);
    const { lane, recordNos } = await withLane(open.store, 3);
    await deliverOneByOne(open.store, lane, recordNos);
    await reconcileUntil(open.store, async () => true);
    const other = await open.connect();
    const lock = `pg_advisory_lock(hashtext('aegis_siem_prune'), hashtext('public'))`;
    await other.query(`select ${lock}`);
    const nothing = { receipts: 0, attempts: 0, skippedLetters: 0, more: false };
    assert.deepEqual(await open.store.retention.prune(ALL, 100), nothing);
    await other.query(`select ${lock.replace('pg_advisory_lock', 'pg_advisory_unlock')}`);
    assert.equal((await pruneAll(open.store)).receipts, 2);
    await open.close();
  });

  void test('a step does not wait for, nor hold up, a lane that completes batches beside it', async () => {
    const open = await stores?.open();
    assert.ok(open !== undefined);
    const { lane, recordNos } = await withLane(open.store, 6);
    await deliverOneByOne(open.store, lane, recordNos.slice(0, 4));
    await reconcileUntil(open.store, async () => true);
    const other = await open.connect();
    await other.query('begin');
    await other.query('select * from aegis_siem_prune($1, null, null, 100)', [ALL.receiptsBeforeMs]);
    // The step is not committed yet: its locks are held while the lane goes on.
    await deliverOneByOne(open.store, { ...lane, nextSeq: lane.nextSeq + 4 }, recordNos.slice(4));
    await other.query('commit');
    const [left] = await open.sql('select count(*)::integer as n from aegis_siem_receipts');
    assert.equal(left?.['n'], 3);
    await open.close();
  });
});
