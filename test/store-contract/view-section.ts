import assert from 'node:assert/strict';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  ANSWER_503,
  auditRecord,
  batchDraft,
  deliver,
  makeDead,
  newWorkspace,
  recordDraft,
  recordSome,
  statusesOf,
  takeLane,
} from './store-fixtures.ts';

export function viewSection(factory: StoreFactory): void {
  describeSection(factory, 'deliveries', (section) => {
    section.test('the view shows each delivery by its status, whichever table holds it', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const records = await recordSome(store, workspaceId, 5);
      const [pending, inFlight, delivered, dead, skipped] = records;
      assert.ok(pending && inFlight && delivered && dead && skipped);
      await deliver(store, await takeLane(store, destination), [delivered.recordNo]);
      await makeDead(store, await takeLane(store, destination), skipped, 'skip_me');
      await store.admin.skipDeadLetters(
        { workspaceId, code: 'skip_me' },
        'known',
        'key:soc',
        false,
        auditRecord(workspaceId),
      );
      await makeDead(store, await takeLane(store, destination), dead);
      const lane = await takeLane(store, destination);
      const draft = batchDraft(lane, [inFlight.recordNo]);
      await store.delivery.formBatch(lane.lease, draft);
      const attempt = { outcome: 'throttled', answer: ANSWER_503, events: 1, bytes: 1, firstSeq: 4, atMs: 1 };
      await store.delivery.noteFailedSend(lane.lease, draft, attempt);

      const rows = await section.sql(
        `select * from aegis_siem_deliveries where workspace_id = '${workspaceId}' order by record_no`,
      );
      assert.deepEqual(
        rows.map((row) => [
          row['attestation_id'],
          row['status'],
          Number(row['attempts']),
          row['seq'] === null ? null : Number(row['seq']),
          row['finished_at'] === null,
        ]),
        [
          [pending.recordId, 'pending', 0, null, true],
          [inFlight.recordId, 'in_flight', 1, 4, true],
          [delivered.recordId, 'delivered', 1, 1, false],
          [dead.recordId, 'dead', 3, null, false],
          [skipped.recordId, 'skipped', 3, null, false],
        ],
      );
      for (const row of rows) {
        assert.equal(row['destination_id'], destination.destinationId);
        assert.equal(row['destination_name'], destination.name);
        assert.ok(Number(row['recorded_at']) > 0);
      }
      assert.match(JSON.stringify(rows[1]?.['last_answer']), /Server is busy/);
      assert.equal(Number(rows[2]?.['destination_version']), 1);
    });

    section.test('the story of a record names every destination', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const one = await addDestination(store, workspaceId);
      const two = await addDestination(store, workspaceId);
      const records = await recordSome(store, workspaceId, 3);
      const [first, second, third] = records;
      assert.ok(first && second && third);
      await deliver(store, await takeLane(store, one), [first.recordNo, second.recordNo]);
      const lane = await takeLane(store, two);
      await store.delivery.formBatch(lane.lease, batchDraft(lane, [second.recordNo, first.recordNo]));
      const story = await store.admin.listDeliveriesOf(first.recordId);
      assert.deepEqual(
        story.map(({ destinationId, status, seq }) => ({ destinationId, status, seq })),
        [
          { destinationId: one.destinationId, status: 'delivered', seq: 1 },
          { destinationId: two.destinationId, status: 'in_flight', seq: 2 },
        ],
      );
      assert.deepEqual(await statusesOf(store, third.recordId), ['pending', 'pending']);
      assert.deepEqual(await store.admin.listDeliveriesOf('00000000-0000-4000-8000-000000000000'), []);
    });

    section.test('what is open is listed by destination and status, in pages', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const one = await addDestination(store, workspaceId);
      const two = await addDestination(store, workspaceId);
      const records = await recordSome(store, workspaceId, 3);
      await store.record.recordEvents([
        { ...recordDraft(workspaceId, { recordId: 'uid-open' }), source: 'external' },
      ]);
      const lane = await takeLane(store, one);
      await store.delivery.formBatch(lane.lease, batchDraft(lane, [records[1]?.recordNo ?? 0]));
      const list = async (filter: Parameters<typeof store.admin.listOpen>[0]): Promise<string[]> =>
        (await store.admin.listOpen(filter, { limit: 50 })).items.map(
          ({ destinationId, status }) => `${destinationId === one.destinationId ? 'one' : 'two'} ${status}`,
        );
      assert.deepEqual(await list({ workspaceId, destinationId: one.destinationId }), [
        'one pending',
        'one in_flight',
        'one pending',
        'one pending',
      ]);
      assert.deepEqual(await list({ workspaceId, status: 'in_flight' }), ['one in_flight']);
      assert.equal((await list({ workspaceId, status: 'pending' })).length, 7);
      assert.deepEqual(await list({ workspaceId: newWorkspace() }), []);

      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.admin.listOpen(
          { destinationId: two.destinationId },
          { limit: 3, ...(cursor === undefined ? {} : { cursor }) },
        );
        seen.push(...page.items.map(({ attestationId, eventUid }) => attestationId ?? eventUid ?? '?'));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      assert.deepEqual(seen, [...records.map(({ recordId }) => recordId), 'uid-open']);
    });
  });
}
