/** An application that sends the same record again and again: the store keeps it once, and so does the outbox. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Store } from '../../src/store/store.ts';
import { type PostgresStores, usePostgresStores } from '../support/postgres-store.ts';
import { openTestStore, storeTest } from '../support/sqlite-store.ts';
import { addDestination, newWorkspace, openRows, recordDraft } from './store-fixtures.ts';

const REPEATS = 100_000;
const IDS = 100;
const GROUP = 500;
const WRITERS = 4;

describe(`${REPEATS} recordings of ${IDS} records`, () => {
  storeTest('leave one row each on SQLite', async () => {
    await using open = await openTestStore();
    await repeat(open.store, (sql) => Promise.resolve(open.rows(sql)));
  });

  describe('on PostgreSQL', () => {
    let stores: PostgresStores | undefined;
    before(async () => {
      stores = await usePostgresStores();
    });
    after(async () => {
      await stores?.close();
    });
    test('leave one row each', { timeout: 180_000 }, async () => {
      assert.ok(stores !== undefined);
      const open = await stores.open();
      await repeat(open.store, (sql) => open.sql(sql));
      await open.close();
    });
  });
});

type Ask = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

async function repeat(store: Store, ask: Ask): Promise<void> {
  const workspaceId = newWorkspace();
  const destination = await addDestination(store, workspaceId);
  const drafts = Array.from({ length: IDS }, () => recordDraft(workspaceId));
  let at = 0;
  const statuses: Record<string, number> = {};
  // At the same time, so that several first recordings of one id meet.
  const write = async (): Promise<void> => {
    while (at < REPEATS) {
      const group = Array.from({ length: GROUP }, (_, index) => drafts[(at + index) % IDS] ?? drafts[0]);
      at += GROUP;
      const results = await store.record.recordAttestations(group.filter((draft) => draft !== undefined));
      for (const { status } of results) statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  assert.deepEqual(statuses, { recorded: IDS, duplicate: REPEATS - IDS });
  const [kept] = await ask('select count(*) as n from aegis_siem_attestations');
  assert.equal(Number(kept?.['n']), IDS);
  assert.equal((await openRows(store, destination)).length, IDS);
  const [missed] = await ask('select count(*) as n from aegis_siem_missed');
  assert.equal(Number(missed?.['n']), 0);
}
