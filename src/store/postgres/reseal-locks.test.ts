/** Sealing anew takes locks on rows only: whoever reads or writes other rows of the table does not wait. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { usePostgresStores, type PostgresStores } from '../../../test/support/postgres-store.ts';
import { addDestination, newWorkspace } from '../../../test/store-contract/store-fixtures.ts';

let stores: PostgresStores;
before(async () => {
  stores = await usePostgresStores();
});
after(() => stores.close());

test('sealing anew takes no lock on the table, and waits for none that writers hold', async () => {
  const opened = await stores.open();
  try {
    const { store } = opened;
    const sealed = { token: 'v1.k-old.AA.BB' };
    for (let index = 0; index < 3; index += 1) await addDestination(store, newWorkspace(), { sealed });
    const writer = await opened.connect();
    await writer.query('begin');
    await writer.query("set local idle_in_transaction_session_timeout = '20s'");
    // What every insert and update holds: a table lock would wait for it.
    await writer.query('lock table aegis_siem_destinations in row exclusive mode');
    const rows = await store.sealed.listSealed({ keyId: { of: 'k-old' }, limit: 10 });
    const changes = rows.map((row) => ({ row, sealed: { token: 'v1.k-new.AA.BB' }, fingerprints: {} }));
    assert.equal(await store.sealed.reseal(changes), 3);
    await writer.query('commit');
  } finally {
    await opened.close();
  }
});
