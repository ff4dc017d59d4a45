import assert from 'node:assert/strict';
import type { Destination } from '../../src/outbox/destination.ts';
import type { SealedRow } from '../../src/store/sealed-store.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import { addDestination, auditRecord, newWorkspace } from './store-fixtures.ts';

const FERNET = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ';

/** What a change of the master key needs: every sealed value found, and written only over what was read. */
export function sealedSection(factory: StoreFactory): void {
  describeSection(factory, 'sealed values', (section) => {
    section.test('counts values by key id, those of the original system apart', async () => {
      const workspaceId = newWorkspace();
      await addDestination(section.store, workspaceId, {
        sealed: { token: 'v1.count-a.AA.BB', client_key_pem: 'v1.count-b.AA.BB', other: FERNET },
      });
      await addKey('count-key', 'v1.count-a.CC.DD');
      const counts = new Map(
        (await section.store.sealed.countSealed()).map(({ keyId, values }) => [keyId, values]),
      );
      assert.deepEqual([counts.get('count-a'), counts.get('count-b'), counts.get('fernet')], [2, 1, 1]);
    });

    section.test('lists rows by key id in pages, destinations and then checkpoint keys', async () => {
      const workspaceId = newWorkspace();
      const made: Destination[] = [];
      for (const keyId of ['list-old', 'list-old', 'list-new']) {
        const sealed = { token: `v1.${keyId}.AA.BB` };
        made.push(
          await addDestination(section.store, workspaceId, { sealed, fingerprints: { token: 'f0' } }),
        );
      }
      await addKey('list-key', 'v1.list-old.CC.DD');
      const first = await section.store.sealed.listSealed({ keyId: { of: 'list-old' }, limit: 2 });
      assert.deepEqual(
        first.map(({ id }) => id),
        made
          .slice(0, 2)
          .map(({ destinationId }) => destinationId)
          .sort(),
      );
      assert.deepEqual(first[0]?.fingerprints, { token: 'f0' });
      assert.equal(first[0]?.workspaceId, workspaceId);
      const last = first.at(-1);
      assert.ok(last !== undefined);
      const second = await section.store.sealed.listSealed({
        keyId: { of: 'list-old' },
        limit: 2,
        after: last,
      });
      assert.deepEqual(
        second.map(({ kind, id, sealed }) => ({ kind, id, sealed })),
        [{ kind: 'checkpoint_key', id: 'list-key', sealed: { private_key: 'v1.list-old.CC.DD' } }],
      );
      const others = await section.store.sealed.listSealed({
        keyId: { otherThan: 'list-old' },
        limit: 1_000,
      });
      assert.ok(others.some(({ id }) => id === made[2]?.destinationId));
      assert.ok(!others.some(({ id }) => id === made[0]?.destinationId || id === 'list-key'));
    });

    section.test('writes over what was read, and changes neither version nor settings', async () => {
      const { store } = section;
      const before = await addDestination(store, newWorkspace(), {
        sealed: { token: 'v1.write-old.AA.BB' },
        fingerprints: { token: 'f-old' },
      });
      await addKey('write-key', 'v1.write-old.CC.DD');
      const rows = await store.sealed.listSealed({ keyId: { of: 'write-old' }, limit: 10 });
      const changes = rows.map((row) => ({
        row,
        sealed: renamed(row.sealed, 'write-new'),
        fingerprints: row.kind === 'destination' ? { token: 'f-new' } : {},
      }));
      assert.equal(await store.sealed.reseal(changes), 2);
      assert.deepEqual(await store.admin.readDestination(before.destinationId, {}), {
        ...before,
        sealed: { token: 'v1.write-new.AA.BB' },
        fingerprints: { token: 'f-new' },
      });
      assert.equal((await store.sealed.listSealed({ keyId: { of: 'write-old' }, limit: 10 })).length, 0);
      assert.equal(await store.sealed.reseal(changes), 0, 'what was read is not there any more');
    });

    section.test('leaves a row alone that somebody changed after it was read', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const { destinationId } = await addDestination(store, workspaceId, {
        sealed: { token: 'v1.race-old.AA.BB' },
      });
      const [row] = await store.sealed.listSealed({ keyId: { of: 'race-old' }, limit: 1 });
      assert.ok(row !== undefined);
      const newer = { token: 'v1.race-old.EE.FF' };
      await store.admin.updateDestination(
        destinationId,
        undefined,
        { sealed: newer },
        auditRecord(workspaceId),
      );
      assert.equal(
        await store.sealed.reseal([{ row, sealed: renamed(row.sealed, 'x'), fingerprints: {} }]),
        0,
      );
      assert.deepEqual((await store.admin.readDestination(destinationId, {}))?.sealed, newer);
    });

    /** Straight into the table: the port adds a key only after the newest one. */
    async function addKey(keyId: string, sealed: string): Promise<void> {
      await section.sql(
        `insert into aegis_siem_keys (key_id, purpose, sealed, public_key, created_at)
         values ('${keyId}', 'test', '${sealed}', 'none', 1)`,
      );
    }
  });
}

function renamed(sealed: SealedRow['sealed'], keyId: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sealed).map(([field, value]) => [field, value.replace(/^v1\.[\w-]+/, `v1.${keyId}`)]),
  );
}
