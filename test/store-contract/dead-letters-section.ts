import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Destination } from '../../src/outbox/destination.ts';
import { describeSection, type Section } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  auditRecord,
  deliver,
  makeDead,
  newWorkspace,
  openRows,
  recordSome,
  statusesOf,
  takeLane,
  type Recorded,
} from './store-fixtures.ts';

export function deadLettersSection(factory: StoreFactory): void {
  describeSection(factory, 'dead letters', (section) => {
    section.test('are listed by what the filter says, in pages', async () => {
      const { store } = section;
      const { workspaceId, destination } = await withDead(section, [
        'too_big',
        'refused_by_destination',
        'too_big',
      ]);
      const count = async (filter: Parameters<typeof store.admin.listDeadLetters>[0]): Promise<number> =>
        (await store.admin.listDeadLetters(filter, { limit: 50 })).items.length;
      assert.equal(await count({ workspaceId }), 3);
      assert.equal(await count({ workspaceId, code: 'too_big' }), 2);
      assert.equal(await count({ destinationId: destination.destinationId }), 3);
      assert.equal(await count({ workspaceId, destinationId: randomUUID() }), 0);
      assert.equal(await count({ workspaceId, status: 'skipped' }), 0);
      assert.equal(await count({ workspaceId: newWorkspace(), destinationId: destination.destinationId }), 0);
      const first = await store.admin.listDeadLetters({ workspaceId }, { limit: 2 });
      assert.equal(first.items.length, 2);
      assert.ok(first.nextCursor !== undefined);
      const second = await store.admin.listDeadLetters(
        { workspaceId },
        { limit: 2, cursor: first.nextCursor },
      );
      assert.equal(second.items.length, 1);
      assert.equal(second.nextCursor, undefined);
      assert.equal(await count({ ids: [first.items[0]?.deadLetterId ?? ''], workspaceId }), 1);
    });

    section.test('can be chosen by attestation and by the time at which they went dead', async () => {
      const { store } = section;
      const { workspaceId, records } = await withDead(section, ['too_big', 'too_big']);
      const [first, second] = (await store.admin.listDeadLetters({ workspaceId }, { limit: 5 })).items;
      assert.ok(first !== undefined && second !== undefined);
      await section.sql(
        `update aegis_siem_dead_letters set dead_at = 5000 where dead_letter_id = '${first.deadLetterId}'`,
      );
      const chosen = async (filter: Parameters<typeof store.admin.listDeadLetters>[0]): Promise<string[]> =>
        store.admin
          .retryDeadLetters({ workspaceId, ...filter }, true, auditRecord(workspaceId))
          .then(Array.from<string>);
      assert.deepEqual(await chosen({ deadFromMs: 5_000, deadBeforeMs: 5_001 }), [first.deadLetterId]);
      assert.deepEqual(await chosen({ deadFromMs: 5_001 }), [second.deadLetterId]);
      assert.deepEqual(await chosen({ deadBeforeMs: 5_000 }), []);
      const attestationId = records[1]?.recordId.toUpperCase() ?? '';
      assert.deepEqual(await chosen({ attestationId }), [second.deadLetterId]);
      assert.deepEqual(await chosen({ attestationId: 'no uuid' }), []);
    });

    section.test('go back into the outbox, marked as replayed, and can be delivered', async () => {
      const { store } = section;
      const { workspaceId, destination, records } = await withDead(section, ['too_big', 'too_big']);
      const { items } = await store.admin.listDeadLetters({ workspaceId }, { limit: 5 });
      const wanted = items.slice(0, 1).map(({ deadLetterId }) => deadLetterId);
      const audit = auditRecord(workspaceId, { action: 'dead_letters.retry' });

      assert.deepEqual(await store.admin.retryDeadLetters({ workspaceId, ids: wanted }, true, audit), wanted);
      assert.deepEqual(await openRows(store, destination), [], 'a dry run changes nothing');
      assert.deepEqual(
        await store.admin.retryDeadLetters({ workspaceId, ids: wanted }, false, audit),
        wanted,
      );

      const rows = await openRows(store, destination);
      assert.deepEqual(
        rows.map(({ recordNo, replayed }) => ({ recordNo, replayed })),
        [{ recordNo: records[0]?.recordNo, replayed: true }],
      );
      assert.equal(
        await store.backlog.oldestRecordedAtMs(destination.destinationNo),
        undefined,
        'an old record that is sent again makes no alarm of age',
      );
      assert.equal((await store.admin.listDeadLetters({ workspaceId }, { limit: 5 })).items.length, 1);
      await deliver(store, await takeLane(store, destination), [records[0]?.recordNo ?? 0], {
        replayed: [0],
      });
      assert.deepEqual(await statusesOf(store, records[0]?.recordId ?? ''), ['delivered']);
      const log = await store.admin.listAudit({ workspaceId }, { limit: 10 });
      assert.equal(log.items.filter(({ action }) => action === 'dead_letters.retry').length, 1);
    });

    section.test('are not touched by a filter of another workspace or an unknown id', async () => {
      const { store } = section;
      const { workspaceId, destination } = await withDead(section, ['too_big']);
      const { items } = await store.admin.listDeadLetters({ workspaceId }, { limit: 5 });
      const ids = items.map(({ deadLetterId }) => deadLetterId);
      const other = newWorkspace();
      assert.deepEqual(
        await store.admin.retryDeadLetters({ workspaceId: other, ids }, false, auditRecord(other)),
        [],
      );
      assert.deepEqual(
        await store.admin.skipDeadLetters(
          { workspaceId: other, ids },
          'why',
          'who',
          false,
          auditRecord(other),
        ),
        [],
      );
      assert.deepEqual(
        await store.admin.retryDeadLetters(
          { workspaceId, ids: [randomUUID()] },
          false,
          auditRecord(workspaceId),
        ),
        [],
      );
      assert.deepEqual(
        await store.admin.retryDeadLetters({ workspaceId, ids: [] }, false, auditRecord(workspaceId)),
        [],
      );
      assert.equal((await store.admin.readProgress(destination.destinationNo)).deadLetters, 1);
    });

    section.test('are closed with a reason, and no longer wait for anybody', async () => {
      const { store } = section;
      const { workspaceId, destination, records } = await withDead(section, ['too_big', 'other']);
      const filter = { workspaceId, code: 'too_big' };
      const audit = auditRecord(workspaceId);
      const dry = await store.admin.skipDeadLetters(filter, 'known', 'key:soc', true, audit);
      assert.equal(dry.length, 1);
      assert.deepEqual(await statusesOf(store, records[0]?.recordId ?? ''), ['dead']);
      assert.deepEqual(await store.admin.skipDeadLetters(filter, 'known', 'key:soc', false, audit), dry);
      assert.deepEqual(await statusesOf(store, records[0]?.recordId ?? ''), ['skipped']);
      const { items } = await store.admin.listDeadLetters({ workspaceId, status: 'skipped' }, { limit: 5 });
      assert.deepEqual([items[0]?.skippedBy, items[0]?.skipReason], ['key:soc', 'known']);
      assert.equal((await store.admin.readProgress(destination.destinationNo)).deadLetters, 1);
      assert.deepEqual(
        await store.admin.skipDeadLetters(filter, 'again', 'key:soc', false, auditRecord(workspaceId)),
        [],
      );
      assert.deepEqual(
        await store.admin.retryDeadLetters({ workspaceId, code: 'too_big' }, false, auditRecord(workspaceId)),
        [],
      );
    });

    section.test('a record that goes dead again after a retry has one letter, the newest', async () => {
      const { store } = section;
      const { workspaceId, destination, records } = await withDead(section, ['too_big']);
      const [record] = records;
      assert.ok(record !== undefined);
      await store.admin.retryDeadLetters({ workspaceId }, false, auditRecord(workspaceId));
      await makeDead(store, await takeLane(store, destination), record, 'refused_by_destination');
      const { items } = await store.admin.listDeadLetters({ workspaceId }, { limit: 5 });
      assert.deepEqual(
        items.map(({ code }) => code),
        ['refused_by_destination'],
      );
    });
  });
}

async function withDead(
  { store }: Section,
  codes: readonly string[],
): Promise<{ workspaceId: string; destination: Destination; records: readonly Recorded[] }> {
  const workspaceId = newWorkspace();
  const destination = await addDestination(store, workspaceId);
  const records = await recordSome(store, workspaceId, codes.length);
  for (const [index, record] of records.entries()) {
    await makeDead(store, await takeLane(store, destination), record, codes[index]);
  }
  return { workspaceId, destination, records };
}
