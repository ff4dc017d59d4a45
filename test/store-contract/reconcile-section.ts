import assert from 'node:assert/strict';
import type { Destination } from '../../src/outbox/destination.ts';
import { describeSection, type Section } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  auditRecord,
  batchDraft,
  deliver,
  makeDead,
  newWorkspace,
  openAttestations,
  openRows,
  recordSome,
  reconcileUntil,
  takeLane,
  type Recorded,
} from './store-fixtures.ts';

export function reconcileSection(factory: StoreFactory): void {
  describeSection(factory, 'reconcile', (section) => {
    section.test('writes a row again that was lost, and counts it as repaired', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [, lost] = await recordSome(store, workspaceId, 3);
      assert.ok(lost !== undefined);
      await removeRow(section, destination, lost);
      const report = await reconcileUntil(store, () => isOpen(section, destination, lost));
      assert.deepEqual({ missed: report.missed, repaired: report.repaired }, { missed: 0, repaired: 1 });
      const row = (await openRows(store, destination)).find(({ recordNo }) => recordNo === lost.recordNo);
      assert.equal(row?.body, lost.body);
      assert.equal(row.replayed, false);
    });

    section.test('writes the rows of a failed enqueue from its note, and takes the note away', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [missed] = await recordSome(store, workspaceId, 1);
      assert.ok(missed !== undefined);
      await removeRow(section, destination, missed);
      await noteMissed(section, missed);
      const report = await reconcileUntil(store, () => isOpen(section, destination, missed));
      assert.deepEqual({ missed: report.missed, repaired: report.repaired }, { missed: 1, repaired: 0 });
      assert.deepEqual(
        await section.sql(`select record_no from aegis_siem_missed where record_no = ${missed.recordNo}`),
        [],
      );
    });

    section.test('counts apart what was noted and what was not', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [noted, lost, alsoLost] = await recordSome(store, workspaceId, 3);
      assert.ok(noted && lost && alsoLost);
      for (const record of [noted, lost, alsoLost]) await removeRow(section, destination, record);
      await noteMissed(section, noted);
      await reconcileUntil(store, () => isOpen(section, destination, alsoLost));
      const [row] = await section.sql(
        `select missed_enqueued, repaired_enqueued from aegis_siem_reconciler
         where destination_no = ${destination.destinationNo}`,
      );
      assert.deepEqual([Number(row?.['missed_enqueued']), Number(row?.['repaired_enqueued'])], [1, 2]);
    });

    section.test('leaves alone what has evidence: open, in flight, delivered, filtered, dead', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [open, inFlight, delivered, filtered, dead, lost] = await recordSome(store, workspaceId, 6);
      assert.ok(open && inFlight && delivered && filtered && dead && lost);
      let lane = await takeLane(store, destination);
      await store.delivery.formBatch(lane.lease, batchDraft(lane, [inFlight.recordNo]));
      await removeRow(section, destination, inFlight);
      lane = await takeLane(store, destination);
      await deliver(store, lane, [delivered.recordNo], { leftOut: [filtered.recordNo] });
      lane = await takeLane(store, destination);
      await makeDead(store, lane, dead);
      // The last one shows that the reconciler came past all of them.
      await removeRow(section, destination, lost);
      const report = await reconcileUntil(store, () => isOpen(section, destination, lost));
      assert.equal(report.repaired, 1);
      assert.deepEqual(
        (await openRows(store, destination)).map(({ recordNo }) => recordNo),
        [open.recordNo, lost.recordNo],
      );
    });

    for (const note of ['with a note', 'without a note'] as const) {
      section.test(
        `what a failed enqueue left out ${note} is owed still when its destination is disabled`,
        async () => {
          const { store } = section;
          const workspaceId = newWorkspace();
          const destination = await addDestination(store, workspaceId);
          const [missed, kept] = await recordSome(store, workspaceId, 2);
          assert.ok(missed !== undefined && kept !== undefined);
          await removeRow(section, destination, missed);
          if (note === 'with a note') await noteMissed(section, missed);
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

    section.test('a destination is not deleted in silence over what a failed enqueue left out', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [missed] = await recordSome(store, workspaceId, 1);
      assert.ok(missed !== undefined);
      await removeRow(section, destination, missed);
      const result = await store.admin.deleteDestination(
        destination.destinationId,
        undefined,
        auditRecord(workspaceId),
      );
      assert.deepEqual(result, { status: 'has_open', openRows: 1, deadLetters: 0 });
    });

    section.test('a note about a record that was delivered meanwhile makes no second delivery', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [record] = await recordSome(store, workspaceId, 1);
      assert.ok(record !== undefined);
      await deliver(store, await takeLane(store, destination), [record.recordNo]);
      await noteMissed(section, record);
      const report = await reconcileUntil(store, async () => {
        const notes = await section.sql(
          `select 1 as n from aegis_siem_missed where record_no = ${record.recordNo}`,
        );
        return notes.length === 0;
      });
      assert.equal(report.missed, 0);
      assert.deepEqual(await openRows(store, destination), []);
    });

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
      await removeRow(section, late, own);
      await reconcileUntil(store, () => isOpen(section, late, own));
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
        for (const record of records) await removeRow(section, destination, record);
        await noteMissed(section, noted);
        // As it looks to a clock that was set back by an hour after the destination was made.
        await section.sql(
          `update aegis_siem_destinations set active_since = active_since + 3600000 where destination_no = ${destination.destinationNo}`,
        );
        await reconcileUntil(store, () => isOpen(section, destination, lost));
        assert.deepEqual(
          (await openAttestations(store, destination)).map(({ recordNo }) => recordNo),
          records.map(({ recordNo }) => recordNo),
        );
      },
    );

    section.test('works in bounded steps', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const records = await recordSome(store, workspaceId, 250);
      await section.sql(`delete from aegis_siem_outbox where destination_no = ${destination.destinationNo}`);
      const first = await store.delivery.reconcile({ maxRecords: 10, maxMissed: 10 });
      assert.ok(first.repairedEnqueued <= 10);
      const last = records.at(-1);
      assert.ok(last !== undefined);
      const rest = await reconcileUntil(store, () => isOpen(section, destination, last));
      assert.equal(first.repairedEnqueued + rest.repaired, 250);
      assert.ok(rest.steps >= 2);
      assert.equal((await openRows(store, destination)).length, 250);
    });
  });
}

async function removeRow(section: Section, destination: Destination, record: Recorded): Promise<void> {
  await section.sql(
    `delete from aegis_siem_outbox where destination_no = ${destination.destinationNo} and record_no = ${record.recordNo}`,
  );
}

async function noteMissed(section: Section, record: Recorded): Promise<void> {
  await section.sql(
    `insert into aegis_siem_missed (record_no, reason, missed_at) values (${record.recordNo}, 'test', 1)`,
  );
}

async function isOpen(section: Section, destination: Destination, record: Recorded): Promise<boolean> {
  const rows = await openRows(section.store, destination);
  return rows.some(({ recordNo }) => recordNo === record.recordNo);
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
