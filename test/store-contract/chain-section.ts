import assert from 'node:assert/strict';
import { KEYS } from '../verify/stream-world.ts';
import { chainAll, chainerOf, faultsOf, judge } from '../verify/chained-store.ts';
import { describeSection, type Section } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import { newWorkspace, recordDraft, recordSome } from './store-fixtures.ts';

export function chainSection(factory: StoreFactory): void {
  describeSection(factory, 'record chain', (section) => {
    section.test(
      'begins with the first record there is, and covers each once, in links of a few',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        await recordSome(store, workspaceId, 9);
        const draft = { ...recordDraft(workspaceId), source: 'external' as const };
        await store.record.recordEvents([draft]);
        assert.deepEqual(
          faultsOf(await judge(store)),
          ['unproven record'],
          'a store without a chain says so',
        );
        await chainAll(store);
        const verdict = await judge(store);
        assert.deepEqual(faultsOf(verdict), []);
        assert.equal(verdict.records, 10);
        assert.equal(verdict.links, 3);
        assert.equal(verdict.last?.link.toRecordNo, (await store.chain.readHead()).lastGivenNo);
      },
    );

    section.test('has no link for a look that finds nothing new', async () => {
      const { store } = section;
      const before = (await store.chain.readLinks(0, 100)).length;
      await chainAll(store);
      assert.equal((await store.chain.readLinks(0, 100)).length, before);
    });

    section.test('says which records wait, and reports how long', async () => {
      const { store } = section;
      await recordSome(store, newWorkspace(), 2);
      const verdict = await judge(store);
      assert.equal(verdict.complete, true);
      assert.equal(verdict.waiting, 2);
      assert.deepEqual(faultsOf(await judge(store, { graceMs: -1_000 })).slice(0, 1), [
        `stale record ${(verdict.last?.link.toRecordNo ?? 0) + 1}-${(verdict.last?.link.toRecordNo ?? 0) + 2}`,
      ]);
      const made = chainerOf(store, { limits: { chainRecords: 1, chainReadRecords: 1 } });
      await made.chainer.turn(false);
      assert.equal(made.reports[0]?.links, 1);
      assert.equal(made.reports[0]?.waiting, 1);
      await chainAll(store, made);
      assert.deepEqual(made.reports.at(-1), { links: 0, records: 0, waiting: 0, waitingMs: 0 });
    });

    section.test('is written by one of two that make the same link, and not by the other', async () => {
      const { store } = section;
      await recordSome(store, newWorkspace(), 1);
      const head = await store.chain.readHead();
      const lastNo = head.lastLink?.linkNo ?? 0;
      const tip = head.tip;
      assert.ok(tip !== undefined && head.lastLink !== undefined);
      const link = { ...head.lastLink, linkNo: lastNo + 1 };
      const both = await Promise.all([
        store.chain.append(lastNo, { ...tip, linkNo: lastNo + 1 }, link),
        store.chain.append(lastNo, { ...tip, linkNo: lastNo + 1 }, link),
      ]);
      assert.equal(both.filter(Boolean).length, 1);
      assert.equal((await store.chain.readHead()).lastLink?.linkNo, lastNo + 1);
    });

    section.test('cannot be changed or cut by SQL', async () => {
      await refused(section, 'update aegis_siem_chain set records = 0 where link_no = 1');
      await refused(section, 'delete from aegis_siem_chain where link_no = 1');
      await refused(
        section,
        `insert into aegis_siem_chain select link_no, previous, from_record_no, to_record_no, 0, root, record_index,
           made_at, key_id, next_key, signature from aegis_siem_chain where link_no = 1`,
      );
    });

    section.test(
      'nor by INSERT OR REPLACE',
      () =>
        refused(
          section,
          `insert or replace into aegis_siem_chain select link_no, previous, from_record_no, to_record_no, 0, root,
             record_index, made_at, key_id, next_key, signature from aegis_siem_chain where link_no = 1`,
        ),
      factory.abilities.insertOrReplace ? false : `${factory.name} has no INSERT OR REPLACE`,
    );

    section.test(
      'nor by TRUNCATE',
      () => refused(section, 'truncate aegis_siem_chain'),
      factory.abilities.truncate ? false : `${factory.name} has no TRUNCATE`,
    );
  });

  describeSection(factory, 'record chain and its keys', (section) => {
    section.test('goes over to a new key by a link that the old one signs', async () => {
      const { store } = section;
      await recordSome(store, newWorkspace(), 4);
      await chainAll(store);
      await recordSome(store, newWorkspace(), 8);
      await chainAll(store, chainerOf(store, { keys: [KEYS[1], KEYS[0]] }));
      const links = await store.chain.readLinks(0, 10);
      assert.deepEqual(
        links.map(({ keyId, nextKey }) => [keyId, nextKey?.keyId]),
        [
          [KEYS[0].keyId, undefined],
          [KEYS[0].keyId, KEYS[1].keyId],
          [KEYS[1].keyId, undefined],
        ],
      );
      assert.deepEqual(faultsOf(await judge(store)), []);
      assert.ok(faultsOf(await judge(store, { keys: [KEYS[1]] })).includes('unknown_key link 1'));
    });

    section.test('is not made where there is no key, and says so once', async () => {
      const made = chainerOf(section.store, { keys: [] });
      await made.chainer.turn(false);
      await made.chainer.turn(false);
      assert.equal(made.logged.length, 1);
      assert.equal(made.reports.length, 0);
    });

    section.test('says that it stopped, and that the next word is overdue', async () => {
      const { store } = section;
      const { chainer } = chainerOf(store, { keys: [KEYS[1], KEYS[0]] });
      await chainer.turn(false);
      const later = { asOfMs: Date.now() + 3_600_000 };
      assert.deepEqual(faultsOf(await judge(store, later)), ['stale tip']);
      await chainer.turn(true);
      assert.deepEqual(faultsOf(await judge(store, later)), []);
    });
  });
}

async function refused(section: Section, sql: string): Promise<void> {
  await assert.rejects(section.sql(sql), /append-only|UNIQUE|duplicate key/i);
}
