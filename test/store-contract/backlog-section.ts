import assert from 'node:assert/strict';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import { addDestination, auditRecord, newWorkspace, recordDraft, recordSome } from './store-fixtures.ts';

/** What waits, measured, and the limits that an operator sets on it. */
export function backlogSection(factory: StoreFactory): void {
  describeSection(factory, 'backlog', (section) => {
    section.test('is measured from the newest row down, by rows and by bytes', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const { destinationNo } = await addDestination(store, workspaceId);
      const drafts = ['a', 'bb', 'ü', 'dddd'].map((body) => recordDraft(workspaceId, { body: `"${body}"` }));
      await store.record.recordAttestations(drafts);
      await store.record.recordEvents([{ ...recordDraft(workspaceId), body: '"e"', source: 'external' }]);
      const byRows = await store.backlog.measure({ destinationNo, maxRows: 2 });
      assert.deepEqual([byRows.rows, byRows.bytes], [2, 0]);
      const rest = await store.backlog.measure({
        destinationNo,
        maxRows: 10,
        belowRecordNo: byRows.lowestRecordNo ?? 0,
      });
      assert.equal(rest.rows, 3);
      const byBytes = await store.backlog.measure({ destinationNo, maxRows: 10, bytesLeft: 3 + 6 + 4 });
      assert.deepEqual([byBytes.rows, byBytes.bytes], [5, 3 + 4 + 4 + 6 + 3]);
      assert.equal(
        byBytes.lowestWithinBytes,
        (rest.lowestRecordNo ?? 0) + 2,
        'the third, of two bytes a letter',
      );
      const none = await store.backlog.measure({ destinationNo, maxRows: 10, bytesLeft: 2 });
      assert.equal(none.lowestWithinBytes, undefined);
    });

    section.test('knows when its records came, and what is oldest', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const { destinationNo } = await addDestination(store, workspaceId);
      assert.equal(await store.backlog.oldestRecordedAtMs(destinationNo), undefined);
      assert.deepEqual(await store.backlog.measure({ destinationNo, maxRows: 10 }), { rows: 0, bytes: 0 });
      const records = await recordSome(store, workspaceId, 3);
      const recordNos = records.map(({ recordNo }) => recordNo);
      const times = await store.backlog.recordedAtMs([...recordNos, 999_999_999]);
      assert.deepEqual(
        [...times.keys()].sort((a, b) => a - b),
        recordNos,
      );
      assert.equal(await store.backlog.oldestRecordedAtMs(destinationNo), times.get(recordNos[0] ?? 0));
      assert.ok(Math.abs((times.get(recordNos[0] ?? 0) ?? 0) - Date.now()) < 60_000);
    });

    section.test('keeps the alarm levels of a destination, and lets one process change them', async () => {
      const { store } = section;
      const { destinationNo } = await addDestination(store, newWorkspace());
      const none = { age: 0, rows: 0, bytes: 0 };
      const half = { age: 50, rows: 0, bytes: 0 };
      assert.deepEqual(await store.backlog.readLevels(destinationNo), none);
      assert.equal(await store.backlog.changeLevels(destinationNo, none, half), true);
      assert.equal(await store.backlog.changeLevels(destinationNo, none, half), false, 'too late');
      assert.deepEqual(await store.backlog.readLevels(destinationNo), half);
      assert.deepEqual((await store.admin.readProgress(destinationNo)).limitLevels, half);
    });

    section.test(
      'limits are kept with the destination, changed, taken away, and stand in its versions',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        const limits = { maxAgeMs: 86_400_000, maxRows: 10 };
        const made = await addDestination(store, workspaceId, { limits });
        const read = () => store.admin.readDestination(made.destinationId, {});
        assert.deepEqual((await read())?.limits, limits);
        const change = (patch: { limits: object }) =>
          store.admin.updateDestination(made.destinationId, undefined, patch, auditRecord(workspaceId));
        await change({ limits: { maxBytes: 5_000_000 } });
        assert.deepEqual((await read())?.limits, { maxBytes: 5_000_000 });
        const due = (await store.delivery.listDue()).find(
          ({ destination }) => destination.destinationNo === made.destinationNo,
        );
        assert.deepEqual(due?.destination.limits, { maxBytes: 5_000_000 });
        await change({ limits: {} });
        assert.deepEqual((await read())?.limits ?? {}, {});
        const first = await store.delivery.readDestinationVersion(made.destinationNo, 1);
        assert.deepEqual(first?.limits, limits);
      },
    );
  });
}
