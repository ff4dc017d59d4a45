/** Records are committed in another order than they are numbered; the chain passes none by. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts';
import { recordInPostgres } from '../../src/store/postgres/record-transaction.ts';
import { newWorkspace, recordDraft, recordSome } from '../store-contract/store-fixtures.ts';
import { type PostgresStores, type TestPostgresStore, usePostgresStores } from '../support/postgres-store.ts';
import { chainAll, chainerOf, faultsOf, judge } from './chained-store.ts';
import { allFaults, judgeWhole, StoreWorld } from './store-world.ts';

const logger = { warn: () => undefined };
const WRITERS = 6;
const TRANSACTIONS_EACH = 30;

describe('the record chain on PostgreSQL', { timeout: 120_000 }, () => {
  let stores: PostgresStores | undefined;
  before(async () => {
    stores = await usePostgresStores({ alone: true });
  });
  after(() => stores?.close());

  async function withStore(run: (opened: TestPostgresStore) => Promise<void>): Promise<void> {
    const opened = await (stores ?? assert.fail()).open();
    try {
      await run(opened);
    } finally {
      await opened.close();
    }
  }

  it('waits for a transaction that holds a lower number, and then covers both', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      const slow = await opened.connect();
      await slow.query('begin');
      const late = await recordInPostgres(slow, recordDraft(workspaceId), { logger });
      assert.ok(late.status === 'recorded');
      const [early] = await recordSome(opened.store, workspaceId, 1);
      assert.ok(early !== undefined && early.recordNo > late.recordNo);
      const made = chainerOf(opened.store);
      for (let turn = 0; turn < 4; turn += 1) await made.chainer.turn(false);
      assert.deepEqual(await opened.store.chain.readLinks(0, 10), []);
      assert.ok((made.reports.at(-1)?.waiting ?? 0) >= 2, 'what waits is reported');
      assert.equal((await judge(opened.store)).waiting, 1, 'only what is committed is seen');
      await slow.query('commit');
      await chainAll(opened.store, made);
      const verdict = await judge(opened.store);
      assert.deepEqual(faultsOf(verdict), []);
      assert.equal(verdict.records, 2);
    }));

  it('is judged by a role that may read what is proved, and nothing else', () =>
    withStore(async (opened) => {
      const world = await StoreWorld.open(opened.store);
      const numbers = (await world.record(3)).map(({ recordNo }) => recordNo);
      await world.chain();
      await world.deliver(numbers);
      await world.checkpoint();
      await opened.store.grantRoles?.();
      const url = new URL(opened.url);
      url.searchParams.set('options', '-c role=aegis_siem_verify');
      const reader = await openPostgresStore(url.href, { logger });
      try {
        await reader.ping();
        const verdict = await judgeWhole(reader);
        assert.deepEqual(allFaults(verdict), []);
        assert.equal(verdict.streams[0]?.delivered, 3);
        assert.deepEqual(await reader.evidence.publicKeys(), []);
        await assert.rejects(reader.proof.checkpointKeys(), /42501/);
        await assert.rejects(reader.chain.settledRecordNo());
      } finally {
        await reader.close();
      }
    }));

  it('covers each record once while many write, some roll back, and two processes chain', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      const ending = new AbortController();
      const chainers = [chainerOf(opened.store), chainerOf(opened.store)];
      const chaining = chainers.map(async ({ chainer }) => {
        while (!ending.signal.aborted) await chainer.turn(false);
      });
      let committed = 0;
      const writers = Array.from({ length: WRITERS }, async (_, writer) => {
        const client = await opened.connect();
        for (let turn = 0; turn < TRANSACTIONS_EACH; turn += 1) {
          await client.query('begin');
          await recordInPostgres(client, recordDraft(workspaceId), { logger });
          await recordInPostgres(client, recordDraft(workspaceId), { logger });
          const isKept = (writer + turn) % 5 !== 0;
          await client.query(isKept ? 'commit' : 'rollback');
          if (isKept) committed += 2;
        }
      });
      await Promise.all(writers);
      ending.abort();
      await Promise.all(chaining);
      await chainAll(opened.store);
      const verdict = await judge(opened.store);
      assert.deepEqual(faultsOf(verdict), []);
      assert.equal(verdict.records, committed);
      assert.ok(verdict.links > 10, `${verdict.links} links`);
      const made = chainers.flatMap(({ reports }) => reports).reduce((sum, { records }) => sum + records, 0);
      assert.ok(made <= committed, 'no record was chained twice');
    }));
});
