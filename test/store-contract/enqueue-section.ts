import assert from 'node:assert/strict';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  auditRecord,
  deliver,
  newWorkspace,
  openRows,
  recordDraft,
  recordSome,
  takeLane,
} from './store-fixtures.ts';

export function enqueueSection(factory: StoreFactory): void {
  describeSection(factory, 'enqueue', (section) => {
    section.test(
      'writes a row for each active and paused destination of the workspace, and no other',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        const active = await addDestination(store, workspaceId);
        const paused = await addDestination(store, workspaceId, { state: 'paused' });
        const disabled = await addDestination(store, workspaceId, { state: 'disabled' });
        const deleted = await addDestination(store, workspaceId);
        await store.admin.deleteDestination(deleted.destinationId, undefined, auditRecord(workspaceId));
        const foreign = await addDestination(store, newWorkspace());

        const draft = recordDraft(workspaceId);
        const [result] = await store.record.recordAttestations([draft]);

        assert.equal(result?.status, 'recorded');
        assert.equal(result.enqueued, 2);
        for (const destination of [active, paused]) {
          assert.deepEqual(await openRows(store, destination), [
            {
              recordNo: result.recordNo,
              source: 'attestation',
              recordId: draft.recordId,
              body: draft.body,
              replayed: false,
            },
          ]);
        }
        for (const destination of [disabled, deleted, foreign]) {
          assert.deepEqual(await openRows(store, destination), []);
        }
      },
    );

    section.test('answers zero rows where the workspace has no destination', async () => {
      const [result] = await section.store.record.recordAttestations([recordDraft(newWorkspace())]);
      assert.equal(result?.status === 'recorded' && result.enqueued, 0);
    });

    section.test('keeps workspaces apart within one group', async () => {
      const { store } = section;
      const [one, two] = [newWorkspace(), newWorkspace()];
      const destination = await addDestination(store, one);
      await addDestination(store, two);
      await addDestination(store, two);
      const results = await store.record.recordAttestations([
        recordDraft(one),
        recordDraft(two),
        recordDraft(one),
      ]);
      assert.deepEqual(
        results.map((result) => result.status === 'recorded' && result.enqueued),
        [1, 2, 1],
      );
      assert.equal((await openRows(store, destination)).length, 2);
    });

    section.test('gives a destination only the sources that it takes', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const attestations = await addDestination(store, workspaceId, { sources: ['attestations'] });
      const admin = await addDestination(store, workspaceId, { sources: ['admin'] });
      const both = await addDestination(store, workspaceId, { sources: ['external', 'admin'] });
      await store.record.recordAttestations([recordDraft(workspaceId, { body: '"attestation"' })]);
      await store.record.recordEvents([
        { ...recordDraft(workspaceId, { body: '"admin"' }), source: 'admin' },
        { ...recordDraft(workspaceId, { body: '"external"' }), source: 'external' },
        { ...recordDraft(workspaceId, { body: '"admin 2"' }), source: 'admin' },
      ]);
      const bodies = async (destination: typeof admin): Promise<string[]> =>
        // Without the events of their own making.
        (await openRows(store, destination)).map((row) => row.body).filter((body) => body.startsWith('"'));
      assert.deepEqual(await bodies(attestations), ['"attestation"']);
      assert.deepEqual(await bodies(admin), ['"admin"', '"admin 2"']);
      assert.deepEqual(await bodies(both), ['"admin"', '"external"', '"admin 2"']);
    });

    section.test('carries another event with its own body and uid', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const draft = { ...recordDraft(workspaceId, { recordId: 'uid-1' }), source: 'external' as const };
      await store.record.recordEvents([draft]);
      const [row] = await openRows(store, destination);
      assert.deepEqual(
        { source: row?.source, recordId: row?.recordId, body: row?.body },
        { source: 'event', recordId: 'uid-1', body: draft.body },
      );
    });

    section.test('a duplicate that was delivered already gets no new row', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [record] = await recordSome(store, workspaceId, 1);
      assert.ok(record !== undefined);
      await deliver(store, await takeLane(store, destination), [record.recordNo]);
      await store.record.recordAttestations([record]);
      assert.deepEqual(await openRows(store, destination), []);
    });
  });
}
