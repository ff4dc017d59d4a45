import assert from 'node:assert/strict';
import type { Destination } from '../../src/outbox/destination.ts';
import { describeSection, type Section } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  auditRecord,
  isOpen,
  newWorkspace,
  openAttestations,
  openRows,
  recordSome,
  reconcileUntil,
} from './store-fixtures.ts';

/** Which records a destination is owed: those from its start on, told by their numbers, until it takes none any more. */
export function owedSection(factory: StoreFactory): void {
  describeSection(factory, 'what a destination is owed', (section) => {
    for (const note of ['with a note', 'without a note'] as const) {
      section.test(
        `what a failed enqueue left out ${note} is owed still when its destination is disabled`,
        async () => {
          const { store } = section;
          const workspaceId = newWorkspace();
          const destination = await addDestination(store, workspaceId);
          const [missed, kept] = await recordSome(store, workspaceId, 2);
          assert.ok(missed !== undefined && kept !== undefined);
          await section.mishaps.loseRow(destination.destinationNo, missed.recordNo);
          if (note === 'with a note') await section.mishaps.noteMissed(missed.recordNo);
          await setState(section, destination, 'disabled');
          await reconcileSome(store);
          await setState(section, destination, 'active');
          await reconcileSome(store);
          assert.deepEqual(
            (await openAttestations(store, destination)).map(({ recordNo }) => recordNo),
            [missed.recordNo, kept.recordNo],
          );
        },
      );
    }

    section.test('gives a destination nothing from before it was active', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      await recordSome(store, workspaceId, 3);
      const late = await addDestination(store, workspaceId);
      const disabled = await addDestination(store, workspaceId, { state: 'disabled' });
      await store.admin.updateDestination(
        late.destinationId,
        undefined,
        { state: 'disabled' },
        auditRecord(workspaceId),
      );
      await recordSome(store, workspaceId, 2);
      // Times are kept in milliseconds: the next record must not share one with the records before.
      await nextMillisecond();
      await store.admin.updateDestination(
        late.destinationId,
        undefined,
        { state: 'active' },
        auditRecord(workspaceId),
      );
      const [own] = await recordSome(store, workspaceId, 1);
      assert.ok(own !== undefined);
      await section.mishaps.loseRow(late.destinationNo, own.recordNo);
      await reconcileUntil(store, () => isOpen(store, late, own));
      assert.deepEqual(
        (await openAttestations(store, late)).map(({ recordNo }) => recordNo),
        [own.recordNo],
      );
      assert.deepEqual(await openRows(store, disabled), []);
    });

    section.test(
      'gives a destination what came after its start, though the clock was set back since',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        await recordSome(store, workspaceId, 2);
        const destination = await addDestination(store, workspaceId);
        const records = await recordSome(store, workspaceId, 2);
        const [noted, lost] = records;
        assert.ok(noted && lost);
        for (const record of records)
          await section.mishaps.loseRow(destination.destinationNo, record.recordNo);
        await section.mishaps.noteMissed(noted.recordNo);
        // As it looks to a clock that was set back by an hour after the destination was made.
        await section.mishaps.setClockBack(destination.destinationNo, 3_600_000);
        await reconcileUntil(store, () => isOpen(store, destination, lost));
        assert.deepEqual(
          (await openAttestations(store, destination)).map(({ recordNo }) => recordNo),
          records.map(({ recordNo }) => recordNo),
        );
      },
    );
  });
}

async function setState(
  section: Section,
  { destinationId, workspaceId }: Destination,
  state: 'active' | 'disabled',
): Promise<void> {
  const result = await section.store.admin.updateDestination(
    destinationId,
    undefined,
    { state },
    auditRecord(workspaceId),
  );
  assert.equal(result.status, 'updated');
}

/** Enough rounds for whatever the reconciler would do by itself. */
async function reconcileSome(store: Section['store']): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await store.delivery.reconcile({ maxRecords: 1_000, maxMissed: 1_000 });
  }
}

async function nextMillisecond(): Promise<void> {
  const now = Date.now();
  while (Date.now() <= now + 1) await new Promise((resolve) => setImmediate(resolve));
}
