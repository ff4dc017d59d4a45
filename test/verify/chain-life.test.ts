/** What a chain meets in the years of a store. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChainStore } from '../../src/outbox/chain-store.ts';
import { SqliteConnection } from '../../src/store/sqlite/connection.ts';
import { migrate, readMigrations } from '../../src/store/sqlite/migrate.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { newWorkspace, reconcileUntil, recordSome } from '../store-contract/store-fixtures.ts';
import { openTestStore, type TestStore } from '../support/sqlite-store.ts';
import { chainAll, chainerOf, faultsOf, judge } from './chained-store.ts';
import { allFaults, judgeWhole, StoreWorld } from './store-world.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

/** The chain of a store whose next `append` does as told. */
class BreakingChain {
  readonly store: ChainStore;
  next: 'fails_before' | 'fails_after' | 'works' = 'works';

  constructor({ chain }: Pick<Store, 'chain'>) {
    this.store = {
      readHead: () => chain.readHead(),
      settledRecordNo: () => chain.settledRecordNo(),
      readRecords: (range) => chain.readRecords(range),
      readLinks: (afterLinkNo, maxLinks) => chain.readLinks(afterLinkNo, maxLinks),
      readPruneMarks: () => chain.readPruneMarks(),
      append: async (...given) => {
        const { next } = this;
        this.next = 'works';
        if (next === 'fails_before') throw new Error('disk I/O error');
        const isWritten = await chain.append(...given);
        if (next === 'fails_after') throw new Error('the answer was lost');
        return isWritten;
      },
    };
  }
}

/** The chain of a store of which others keep records unsettled. */
function settling({ chain }: Pick<Store, 'chain'>, settled: (recordNo: number) => number): ChainStore {
  return {
    readHead: () => chain.readHead(),
    settledRecordNo: async () => settled(await chain.settledRecordNo()),
    readRecords: (range) => chain.readRecords(range),
    readLinks: (afterLinkNo, maxLinks) => chain.readLinks(afterLinkNo, maxLinks),
    readPruneMarks: () => chain.readPruneMarks(),
    append: (...given) => chain.append(...given),
  };
}

describe('the record chain', () => {
  it('goes on after a write that failed, and after one whose answer was lost', async () => {
    await using opened = await openTestStore();
    const breaking = new BreakingChain(opened.store);
    const made = chainerOf(opened.store, { chain: breaking.store });
    const workspaceId = newWorkspace();
    for (const next of ['fails_before', 'fails_after', 'works'] as const) {
      await recordSome(opened.store, workspaceId, 3);
      breaking.next = next;
      await made.chainer.turn(false);
    }
    await chainAll(opened.store, made);
    const verdict = await judge(opened.store);
    assert.deepEqual(faultsOf(verdict), []);
    assert.equal(verdict.records, 9);
    assert.equal(made.logged.length, 2);
  });

  it('goes on where another process ended in the middle of it', async () => {
    await using opened = await openTestStore();
    await recordSome(opened.store, newWorkspace(), 10);
    await chainerOf(opened.store).chainer.turn(false);
    // A process of its own: it remembers nothing.
    await chainAll(opened.store, chainerOf(opened.store));
    const verdict = await judge(opened.store);
    assert.deepEqual(faultsOf(verdict), []);
    assert.deepEqual([verdict.records, verdict.links], [10, 3]);
  });

  it('chains at a stop what is more than a link holds, and what other transactions keep waiting for a while', async () => {
    await using opened = await openTestStore();
    await recordSome(opened.store, newWorkspace(), 10);
    let looks = 0;
    const chain = settling(opened.store, (no) => ((looks += 1) > 3 ? no : 0));
    await chainerOf(opened.store, { chain }).chainer.finish();
    const { tip } = await chain.readHead();
    assert.equal(tip?.nextDueMs, undefined, 'it said that it stopped');
    const verdict = await judge(opened.store, { asOfMs: Date.now() + YEAR_MS });
    assert.deepEqual(faultsOf(verdict), []);
    assert.deepEqual([verdict.records, verdict.links], [10, 3]);
  });

  it('stops at its time where a transaction does not end', async () => {
    await using opened = await openTestStore();
    await recordSome(opened.store, newWorkspace(), 2);
    const chain = settling(opened.store, () => 0);
    let nowMs = Date.now();
    await chainerOf(opened.store, { chain, nowMs: () => (nowMs += 1_000) }).chainer.finish();
    assert.equal((await judge(opened.store)).waiting, 2);
  });

  it('begins with the first record of a store that is older than it, and says how long that was ago', async () => {
    await using opened = await openTestStore();
    const path = `${opened.path}.old`;
    const old = new SqliteConnection(path);
    const before = readMigrations().findIndex(({ name }) => name.includes('record-chain'));
    migrate(old, readMigrations().slice(0, before));
    const recordedAt = Date.now() - YEAR_MS;
    old.write(({ db }) => {
      db.exec('update aegis_siem_record_counter set last_record_no = 5');
      for (let no = 1; no <= 5; no += 1) {
        db.exec(
          `insert into aegis_siem_attestations (record_no, attestation_id, workspace_id, recorded_at, body)
           values (${no}, 'id-${no}', 'ws-1', ${recordedAt}, '{}')`,
        );
      }
    });
    old.close();
    const store = await openSqliteStore(path);
    await store.migrate();
    assert.deepEqual(faultsOf(await judge(store)), ['stale record 1-5', 'unproven record']);
    await chainAll(store);
    const verdict = await judge(store);
    assert.deepEqual(faultsOf(verdict), []);
    assert.equal(verdict.records, 5);
    assert.ok(verdict.longestWaitMs >= YEAR_MS, 'what happened in that year is not proved, and it says so');
    await store.close();
  });

  it('takes the number after links that are gone, so that the hole stays to be seen', async () => {
    await using opened = await openTestStore();
    const workspaceId = newWorkspace();
    await recordSome(opened.store, workspaceId, 8);
    await chainAll(opened.store);
    opened.exec('drop trigger aegis_siem_chain_no_delete');
    opened.exec('drop trigger aegis_siem_attestations_no_delete');
    opened.exec('delete from aegis_siem_chain where link_no = 2');
    opened.exec('delete from aegis_siem_attestations where record_no > 4');
    assert.deepEqual(faultsOf(await judge(opened.store)), ['truncated link 2']);
    await recordSome(opened.store, workspaceId, 2);
    const made = chainerOf(opened.store);
    await chainAll(opened.store, made);
    assert.ok(made.logged[0]?.includes('are gone from the store'), made.logged.join());
    assert.equal(made.logged.length, 1);
    assert.deepEqual(faultsOf(await judge(opened.store)), ['gap link 2', 'unproven record 5-8']);
  });

  it('follows what is signed, and not a row that somebody put behind it', async () => {
    await using opened = await openTestStore();
    const workspaceId = newWorkspace();
    await recordSome(opened.store, workspaceId, 2);
    await chainAll(opened.store);
    opened.exec(
      `insert into aegis_siem_chain select 2, previous, 3, 9, 0, root, x'', made_at, key_id, next_key, signature
       from aegis_siem_chain`,
    );
    await recordSome(opened.store, workspaceId, 2);
    await chainAll(opened.store);
    assert.deepEqual(faultsOf(await judge(opened.store)), ['wrong_key link 2']);
    assert.equal((await judge(opened.store)).records, 4);
  });

  it('is found to be an older one by the name of a link that was kept elsewhere', async () => {
    await using opened = await openTestStore();
    await recordSome(opened.store, newWorkspace(), 2);
    await chainAll(opened.store);
    const before = (await judge(opened.store)).last?.sha256 ?? '';
    const elsewhere = 'ab'.repeat(32);
    assert.deepEqual(allFaults(await judgeWhole(opened.store, { tips: [before] })), []);
    assert.deepEqual(allFaults(await judgeWhole(opened.store, { tips: [before, elsewhere] })), [
      'tip_mismatch tip',
    ]);
  });
});

describe('a stream in the store', () => {
  it('is judged from where the retention left it, and what no checkpoint covers is spared', async () => {
    await using opened = await openTestStore();
    const { world, nowMs } = await agedWorld(opened);
    const { retention } = opened.store;
    const cutoffs = { receiptsBeforeMs: nowMs - 90 * DAY_MS, onlyCovered: true };
    await reconcileUntil(opened.store, async () => true);
    assert.equal((await retention.prune(cutoffs, 100)).receipts, 2);
    const left = opened.rows('select first_seq from aegis_siem_receipts order by first_seq');
    assert.deepEqual(
      left.map(({ first_seq: seq }) => seq),
      [3, 4, 5, 6, 7],
    );
    const judged = await judgeWhole(opened.store, { retentionMs: 90 * DAY_MS });
    assert.deepEqual(allFaults(judged), []);
    assert.equal(judged.streams[0]?.last?.toSeq, 5);
    await world.checkpoint({ stopped: true });
    assert.deepEqual(allFaults(await judgeWhole(opened.store, { retentionMs: 90 * DAY_MS })), []);
  });

  it('is not judged from where a tamperer left it', async () => {
    await using opened = await openTestStore();
    await agedWorld(opened);
    opened.exec('delete from aegis_siem_receipts where first_seq < 6');
    opened.exec('delete from aegis_siem_checkpoints where seq < 6');
    const judged = await judgeWhole(opened.store, { retentionMs: 90 * DAY_MS });
    assert.ok(allFaults(judged).includes('gap number 6'), allFaults(judged).join('; '));
  });

  it('says so when everything was deleted while the lane has given out numbers', async () => {
    await using opened = await openTestStore();
    await agedWorld(opened);
    opened.exec('delete from aegis_siem_receipts');
    opened.exec('delete from aegis_siem_checkpoints');
    const judged = await judgeWhole(opened.store);
    assert.deepEqual(allFaults(judged), ['truncated number 1', 'unproven number -']);
  });
});

/** Numbers 1 and 2 and their checkpoint 3 are 100 days old, 4 as well and covered only now, by 6; 7 is covered by none. */
async function agedWorld(opened: TestStore): Promise<{ world: StoreWorld; nowMs: number }> {
  const nowMs = Date.now();
  const oldMs = nowMs - 100 * DAY_MS;
  const world = await StoreWorld.open(opened.store);
  const numbers = (await world.record(5)).map(({ recordNo }) => recordNo);
  await world.chain();
  const age = (): void => opened.exec(`update aegis_siem_receipts set delivered_at = ${oldMs}`);
  await world.deliver(numbers.slice(0, 1));
  await world.deliver(numbers.slice(1, 2));
  age();
  await world.checkpoint({ madeAtMs: oldMs });
  await world.deliver(numbers.slice(2, 3));
  await world.deliver(numbers.slice(3, 4));
  age();
  await world.checkpoint({ madeAtMs: nowMs });
  await world.deliver(numbers.slice(4, 5));
  return { world, nowMs };
}
