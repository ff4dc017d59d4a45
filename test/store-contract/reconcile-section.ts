import assert from 'node:assert/strict';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  auditRecord,
  batchDraft,
  deliver,
  makeDead,
  isOpen,
  newWorkspace,
  openRows,
  recordSome,
  reconcileUntil,
  takeLane,
} from './store-fixtures.ts';

export function reconcileSection(factory: StoreFactory): void {
  describeSection(factory, 'reconcile', (section) => {
    section.test('writes a row again that was lost, and counts it as repaired', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [, lost] = await recordSome(store, workspaceId, 3);
      assert.ok(lost !== undefined);
      await section.mishaps.loseRow(destination.destinationNo, lost.recordNo);
      const report = await reconcileUntil(store, () => isOpen(store, destination, lost));
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
      await section.mishaps.loseRow(destination.destinationNo, missed.recordNo);
      await section.mishaps.noteMissed(missed.recordNo);
      const report = await reconcileUntil(store, () => isOpen(store, destination, missed));
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
      for (const record of [noted, lost, alsoLost])
        await section.mishaps.loseRow(destination.destinationNo, record.recordNo);
      await section.mishaps.noteMissed(noted.recordNo);
      await reconcileUntil(store, () => isOpen(store, destination, alsoLost));
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
      await section.mishaps.loseRow(destination.destinationNo, inFlight.recordNo);
      lane = await takeLane(store, destination);
      await deliver(store, lane, [delivered.recordNo], { leftOut: [filtered.recordNo] });
      lane = await takeLane(store, destination);
      await makeDead(store, lane, dead);
      // The last one shows that the reconciler came past all of them.
      await section.mishaps.loseRow(destination.destinationNo, lost.recordNo);
      const report = await reconcileUntil(store, () => isOpen(store, destination, lost));
      assert.equal(report.repaired, 1);
      assert.deepEqual(
        (await openRows(store, destination)).map(({ recordNo }) => recordNo),
        [open.recordNo, lost.recordNo],
      );
    });

    section.test('a destination is not deleted in silence over what a failed enqueue left out', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [missed] = await recordSome(store, workspaceId, 1);
      assert.ok(missed !== undefined);
      await section.mishaps.loseRow(destination.destinationNo, missed.recordNo);
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
      await section.mishaps.noteMissed(record.recordNo);
      const report = await reconcileUntil(store, async () => {
        const notes = await section.sql(
          `select 1 as n from aegis_siem_missed where record_no = ${record.recordNo}`,
        );
        return notes.length === 0;
      });
      assert.equal(report.missed, 0);
      assert.deepEqual(await openRows(store, destination), []);
    });

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
      const rest = await reconcileUntil(store, () => isOpen(store, destination, last));
      assert.equal(first.repairedEnqueued + rest.repaired, 250);
      assert.ok(rest.steps >= 2);
      assert.equal((await openRows(store, destination)).length, 250);
    });
  });
}
