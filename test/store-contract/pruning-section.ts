import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { planPrune, type PrunePlan, proveBeforePrune } from '../../src/plan-prune.ts';
import { pruneStatement } from '../../src/proof/prune-mark.ts';
import { signText } from '../../src/proof/signed-text.ts';
import { markForPrune, removeMarked } from '../../src/prune-records.ts';
import type { Store } from '../../src/store/store.ts';
import { allFaults, judgeWhole, StoreWorld } from '../verify/store-world.ts';
import { KEYS } from '../verify/stream-world.ts';
import { describeSection, type Section } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import { makeDead, openRows, recordSome, reconcileUntil } from './store-fixtures.ts';

const LATER_MS = Date.now() + 3_600_000;
const SAFE = { signal: new AbortController().signal, onStep: () => undefined, sleep: async () => undefined };

/** Removing records on purpose: what is delivered goes, under a signed mark, and the store still proves itself. */
export function pruningSection(factory: StoreFactory): void {
  describeSection(factory, 'pruning of records', (section) => {
    section.test('removes what is delivered, and the store is proved before and after', async () => {
      const { store } = section;
      const world = await deliveredWorld(store);
      const plan = await planOf(store, []);
      const [kept] = await world.record(1);
      assert.equal(await prune(store, plan), plan.records);
      assert.deepEqual(await numbersOf(section), [kept?.recordNo]);
      const verdict = await judgeWhole(store);
      assert.deepEqual(allFaults(verdict), []);
      assert.equal(verdict.chain.pruned, plan.records);
      const note = verdict.chain.findings.kept.find(({ name }) => name === 'pruned');
      assert.match(note?.message ?? '', /were removed on purpose by cli:tester/);
      assert.deepEqual([note?.fromNo, note?.toNo], [plan.fromRecordNo, plan.toRecordNo]);
      const { items } = await store.admin.listAudit({}, { limit: 10 });
      const [audit] = items.filter(({ action }) => action === 'attestations.pruned');
      assert.equal(audit?.actor, 'cli:tester');
      assert.match(audit?.before ?? '', new RegExp(`"records":${plan.records}\\b`));
      assert.equal(await markForPrune(store, orderOf(plan)), false, 'the same once more is none');
    });

    section.test('goes on from there: the next one takes the numbers after', async () => {
      const { store } = section;
      const [before] = await store.chain.readPruneMarks();
      const world = await deliveredWorld(store);
      const numbers = (await openRows(store, world.destination)).map(({ recordNo }) => recordNo);
      assert.deepEqual(numbers, []);
      await skipAllOpen(section);
      const plan = await planOf(store, []);
      assert.equal(plan.markNo, 2);
      assert.equal(plan.fromRecordNo, (before?.toRecordNo ?? 0) + 1);
      await prune(store, plan);
      assert.deepEqual(allFaults(await judgeWhole(store)), []);
      assert.equal((await store.chain.readPruneMarks()).length, 2);
    });

    section.test('what was confirmed and broken off is found, and finished by the next run', async () => {
      const { store } = section;
      await deliveredWorld(store);
      await skipAllOpen(section);
      const plan = await planOf(store, []);
      assert.equal(await markForPrune(store, orderOf(plan)), true);
      assert.equal(await store.pruning.removeMarked(1), 1);
      const between = await judgeWhole(store);
      assert.deepEqual(allFaults(between), []);
      const note = between.chain.findings.kept.findLast(({ name }) => name === 'pruned');
      assert.match(
        note?.message ?? '',
        new RegExp(`^1 records .*; ${plan.records - 1} of them are still there`),
      );
      assert.equal(await removeMarked(store, SAFE), plan.records - 1);
      assert.deepEqual(allFaults(await judgeWhole(store)), []);
    });

    section.test('neither a mark nor what is above it can be changed or removed', async () => {
      const [kept] = await recordSome(section.store, 'ws-kept', 1);
      for (const act of [
        'update aegis_siem_prune_marks set records = 0',
        'delete from aegis_siem_prune_marks',
        `delete from aegis_siem_attestations where record_no = ${kept?.recordNo}`,
      ])
        await assert.rejects(section.sql(act), /append-only/, act);
    });

    section.test(
      'nor can marks be cut by TRUNCATE',
      () => assert.rejects(section.sql('truncate aegis_siem_prune_marks'), /append-only/),
      factory.abilities.truncate ? false : `${factory.name} has no TRUNCATE`,
    );
  });

  describeSection(factory, 'pruning and what keeps records', (section) => {
    section.test(
      'an open delivery, a dead letter and a reconciler that is behind are named, and hold',
      async () => {
        const { store } = section;
        const world = await StoreWorld.open(store);
        const [first, second] = await world.record(2);
        assert.ok(first !== undefined && second !== undefined);
        await world.chain();
        await planOf(store, ['open_rows', 'not_reconciled']);
        await deliverOpen(world, [second.recordNo]);
        await makeDead(store, world.lane, second);
        world.nextSeq += 1;
        await reconcileUntil(store, async () => !(await kindsOf(store)).includes('not_reconciled'));
        const plan = await planOf(store, ['dead_letters']);
        assert.equal(await markForPrune(store, orderOf(plan)), false);
        assert.deepEqual(await store.chain.readPruneMarks(), []);
      },
    );

    section.test('a record that is not as it was chained is found before it is gone', async () => {
      const { store } = section;
      const plan = await planPrune(store, LATER_MS);
      assert.ok(plan !== undefined);
      const found = await proveBeforePrune(store.chain, plan, [KEYS[0]], () => undefined);
      assert.equal(found.faults, 0);
      const other = await proveBeforePrune(store.chain, plan, [KEYS[1]], () => undefined);
      assert.ok(other.faults > 0);
      const source = {
        ...chainOf(store),
        readRecords: async (range: Parameters<Store['chain']['readRecords']>[0]) =>
          (await store.chain.readRecords(range)).map((record) => ({ ...record, body: Buffer.from('{}') })),
      };
      const changed = await proveBeforePrune(source, plan, [KEYS[0]], () => undefined);
      assert.ok(changed.kept.every(({ name }) => name === 'edited') && changed.faults > 0);
    });

    section.test('nothing is old enough: nothing to do', async () => {
      assert.equal(await planPrune(section.store, 1_000), undefined);
    });
  });

  describeSection(factory, 'pruning by somebody without the key', (section) => {
    section.test('is found: the mark does not hold, and the records are missing', async () => {
      const { store } = section;
      await deliveredWorld(store);
      const plan = await planOf(store, []);
      const { recordedBeforeMs, obstacles: _, links: __, ...of } = plan;
      const mark = { ...of, recordedBeforeMs, madeAtMs: 1, actor: 'cli:tester', keyId: KEYS[0].keyId };
      // Signed with another key than the one that it names.
      const signature = signText(pruneStatement(mark), KEYS[1]);
      await section.sql(
        `insert into aegis_siem_prune_marks values (1, ${mark.fromRecordNo}, ${mark.toRecordNo}, ${mark.records}, ${mark.linkNo},
           '${mark.linkSha256}', ${recordedBeforeMs}, 1, '${mark.actor}', '${mark.keyId}', '${signature}')`,
      );
      await removeMarked(store, SAFE);
      const { toRecordNo: to } = plan;
      assert.deepEqual(allFaults(await judgeWhole(store)), ['wrong_key mark 1', `gap record 1-${to}`]);
    });
  });
}

/** Ten records in links of four, all of it delivered, reconciled and covered by a checkpoint. */
async function deliveredWorld(store: Store): Promise<StoreWorld> {
  const world = await StoreWorld.open(store);
  await world.record(10);
  await deliverOpen(world);
  await world.checkpoint();
  await world.chain();
  await reconcileUntil(store, async () => !(await kindsOf(store)).includes('not_reconciled'));
  return world;
}

async function deliverOpen(world: StoreWorld, but: readonly number[] = []): Promise<void> {
  const rows = await openRows(world.store, world.destination);
  await world.deliver(rows.map(({ recordNo }) => recordNo).filter((no) => !but.includes(no)));
}

/** Rows of destinations of earlier tests, which nobody delivers. */
async function skipAllOpen(section: Section): Promise<void> {
  await section.sql('delete from aegis_siem_outbox');
  await reconcileUntil(section.store, async () => {
    await section.sql('delete from aegis_siem_outbox');
    return !(await kindsOf(section.store)).includes('not_reconciled');
  });
}

async function kindsOf(store: Store): Promise<readonly string[]> {
  return ((await planPrune(store, LATER_MS))?.obstacles ?? []).map(({ kind }) => kind);
}

async function planOf(store: Store, obstacles: readonly string[]): Promise<PrunePlan> {
  const plan = await planPrune(store, LATER_MS);
  assert.ok(plan !== undefined);
  assert.deepEqual(
    plan.obstacles.map(({ kind }) => kind),
    obstacles,
  );
  return plan;
}

function orderOf(plan: PrunePlan) {
  return { plan, key: KEYS[0], actor: 'cli:tester', nowMs: Date.now(), auditId: randomUUID() };
}

async function prune(store: Store, plan: PrunePlan): Promise<number> {
  assert.equal((await proveBeforePrune(store.chain, plan, [KEYS[0]], () => undefined)).faults, 0);
  assert.equal(await markForPrune(store, orderOf(plan)), true);
  return removeMarked(store, SAFE);
}

function chainOf({ chain }: Store): Store['chain'] {
  return {
    readHead: () => chain.readHead(),
    settledRecordNo: () => chain.settledRecordNo(),
    readRecords: (range) => chain.readRecords(range),
    readLinks: (after, max) => chain.readLinks(after, max),
    readPruneMarks: () => chain.readPruneMarks(),
    append: (...given) => chain.append(...given),
  };
}

async function numbersOf(section: Section): Promise<readonly number[]> {
  const rows = await section.sql('select record_no from aegis_siem_attestations order by record_no');
  return rows.map((row) => Number(row['record_no']));
}
