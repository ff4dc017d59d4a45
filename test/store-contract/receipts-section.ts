import assert from 'node:assert/strict';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  ANSWER_200,
  ANSWER_503,
  batchDraft,
  makeDead,
  newWorkspace,
  openRows,
  recordDraft,
  recordSome,
  statusesOf,
  takeLane,
} from './store-fixtures.ts';

export function receiptsSection(factory: StoreFactory): void {
  describeSection(factory, 'receipts', (section) => {
    section.test('a completed batch leaves a receipt, and neither rows nor the batch', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [one, two] = await recordSome(store, workspaceId, 2);
      assert.ok(one !== undefined && two !== undefined);
      const lane = await takeLane(store, destination);
      const draft = batchDraft(lane, [one.recordNo, two.recordNo]);
      await store.delivery.formBatch(lane.lease, draft);
      const attempt = { outcome: 'throttled', answer: ANSWER_503, events: 2, bytes: 9, firstSeq: 1, atMs: 5 };
      await store.delivery.noteFailedSend(lane.lease, draft, attempt);
      const completion = { answer: ANSWER_200, ackId: 3, deadLetters: [] };
      assert.equal(await store.delivery.completeBatch(lane.lease, draft, completion), 'settled');
      assert.equal(await store.delivery.completeBatch(lane.lease, draft, completion), 'duplicate');
      assert.deepEqual(await openRows(store, destination), []);
      assert.deepEqual(await store.delivery.openBatches(lane.lease), []);
      const [delivery, ...others] = await store.admin.listDeliveriesOf(two.recordId);
      assert.deepEqual(others, []);
      assert.ok(delivery !== undefined);
      const { recordedAtMs, finishedAtMs, ...rest } = delivery;
      assert.deepEqual(rest, {
        destinationId: destination.destinationId,
        destinationName: destination.name,
        workspaceId,
        recordNo: two.recordNo,
        attestationId: two.recordId,
        status: 'delivered',
        attempts: 2,
        lastAnswer: ANSWER_200,
        seq: 2,
        destinationVersion: 1,
      });
      assert.ok(recordedAtMs > 0 && finishedAtMs !== undefined && finishedAtMs > 0);
      const progress = await store.admin.readProgress(destination.destinationNo);
      assert.equal(progress.lastDeliveredAtMs, finishedAtMs);
      assert.equal(progress.openBatches, 0);
    });

    section.test('a lower number that was not in the batch stays open', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [one, two, three] = await recordSome(store, workspaceId, 3);
      assert.ok(one !== undefined && two !== undefined && three !== undefined);
      const lane = await takeLane(store, destination);
      const draft = batchDraft(lane, [one.recordNo, three.recordNo]);
      await store.delivery.formBatch(lane.lease, draft);
      await store.delivery.completeBatch(lane.lease, draft, { answer: ANSWER_200, deadLetters: [] });
      assert.deepEqual(
        (await openRows(store, destination)).map((row) => row.recordNo),
        [two.recordNo],
      );
      assert.deepEqual(await statusesOf(store, two.recordId), ['pending']);
    });

    section.test(
      'the row behind a re-rendered place stays open, one that the filter left out does not',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        const destination = await addDestination(store, workspaceId);
        const [again, filtered] = await recordSome(store, workspaceId, 2);
        assert.ok(again !== undefined && filtered !== undefined);
        const lane = await takeLane(store, destination);
        const draft = batchDraft(lane, [null], {
          leftOut: [filtered.recordNo],
          tombstones: [
            {
              index: 0,
              reason: 're_rendered',
              recordNo: again.recordNo,
              metadataUid: again.recordId,
              originalSha256: 'ef'.repeat(32),
              timeMs: 1,
            },
          ],
        });
        await store.delivery.formBatch(lane.lease, draft);
        await store.delivery.completeBatch(lane.lease, draft, { answer: ANSWER_200, deadLetters: [] });
        assert.deepEqual(
          (await openRows(store, destination)).map((row) => row.recordNo),
          [again.recordNo],
        );
        assert.deepEqual(await statusesOf(store, again.recordId), ['pending']);
        assert.deepEqual(await statusesOf(store, filtered.recordId), ['skipped']);
      },
    );

    section.test(
      'a batch of nothing but what the filter left out is finished, and takes no number',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        const destination = await addDestination(store, workspaceId);
        const [filtered, next] = await recordSome(store, workspaceId, 2);
        assert.ok(filtered !== undefined && next !== undefined);
        const lane = await takeLane(store, destination);
        const empty = batchDraft(lane, [], { leftOut: [filtered.recordNo] });
        assert.equal(await store.delivery.formBatch(lane.lease, empty), true);
        assert.deepEqual(
          (await store.delivery.openBatches(lane.lease)).map((batch) => [batch.recordNos, batch.leftOut]),
          [[[], [filtered.recordNo]]],
        );
        const completion = { answer: { message: 'left out', durationMs: 0 }, deadLetters: [] };
        assert.equal(await store.delivery.completeBatch(lane.lease, empty, completion), 'settled');
        const sent = batchDraft(lane, [next.recordNo]);
        assert.equal(sent.firstSeq, empty.firstSeq);
        assert.equal(await store.delivery.formBatch(lane.lease, sent), true);
        assert.deepEqual(await statusesOf(store, filtered.recordId), ['skipped']);
        assert.deepEqual(
          (await openRows(store, destination)).map((row) => row.recordNo),
          [next.recordNo],
        );
      },
    );

    section.test('a taken tombstone makes its record a dead letter, not a delivered one', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [record] = await recordSome(store, workspaceId, 1);
      assert.ok(record !== undefined);
      await makeDead(store, await takeLane(store, destination), record);
      assert.deepEqual(await openRows(store, destination), []);
      assert.deepEqual(await statusesOf(store, record.recordId), ['dead']);
      const { items } = await store.admin.listDeadLetters({ workspaceId }, { limit: 5 });
      const [letter] = items;
      assert.ok(letter !== undefined);
      const { deadLetterId, deadAtMs, ...rest } = letter;
      assert.match(deadLetterId, /^[0-9a-f-]{36}$/);
      assert.ok(deadAtMs > 0);
      assert.deepEqual(rest, {
        destinationId: destination.destinationId,
        workspaceId,
        recordNo: record.recordNo,
        attestationId: record.recordId,
        status: 'dead',
        code: 'refused_by_destination',
        message: 'The destination refused the event',
        answer: ANSWER_503,
        attempts: 3,
      });
    });

    section.test('a dead letter of another event names its uid', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const event = { ...recordDraft(workspaceId, { recordId: 'uid-dead' }), source: 'external' as const };
      const [result] = await store.record.recordEvents([event]);
      assert.equal(result?.status, 'recorded');
      await makeDead(store, await takeLane(store, destination), { ...event, recordNo: result.recordNo });
      const { items } = await store.admin.listDeadLetters({ workspaceId }, { limit: 5 });
      assert.equal(items[0]?.eventUid, 'uid-dead');
      assert.equal(items[0].attestationId, undefined);
    });
  });
}
