import assert from 'node:assert/strict';
import type { Tombstone } from '../../src/outbox/batch.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  ANSWER_503,
  batchDraft,
  newWorkspace,
  recordSome,
  takeLane,
} from './store-fixtures.ts';

export function batchesSection(factory: StoreFactory): void {
  describeSection(factory, 'batches', (section) => {
    section.test('are there whole after being formed, and move the next number', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const records = await recordSome(store, workspaceId, 4);
      const [a, b, c, d] = records.map((record) => record.recordNo);
      assert.ok(a !== undefined && b !== undefined && c !== undefined && d !== undefined);
      const lane = await takeLane(store, destination);
      const tombstone: Tombstone = {
        index: 1,
        reason: 're_rendered',
        recordNo: b,
        metadataUid: 'uid-b',
        originalSha256: 'cd'.repeat(32),
        timeMs: 1_795_500_000_000,
      };
      const draft = batchDraft(lane, [a, null, c], { tombstones: [tombstone], leftOut: [d], replayed: [2] });
      assert.equal(await store.delivery.formBatch(lane.lease, draft), true);
      const [batch, ...others] = await store.delivery.openBatches(lane.lease);
      assert.deepEqual(others, []);
      assert.ok(batch !== undefined);
      const { state, attempts, formedAtMs, hashes, ...rest } = batch;
      const { hashes: draftHashes, ...draftRest } = draft;
      assert.deepEqual(rest, draftRest);
      assert.deepEqual(Uint8Array.from(hashes), draftHashes);
      assert.equal(state, 'formed');
      assert.equal(attempts, 0);
      assert.ok(formedAtMs > 0);
      const again = await takeLane(store, destination);
      assert.equal(again.nextSeq, 4);
    });

    section.test('never get a number twice: only the next number forms one', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [record] = await recordSome(store, workspaceId, 1);
      assert.ok(record !== undefined);
      const lane = await takeLane(store, destination);
      const draft = batchDraft(lane, [record.recordNo]);
      assert.equal(await store.delivery.formBatch(lane.lease, { ...draft, firstSeq: 2 }), false);
      assert.equal(await store.delivery.formBatch(lane.lease, { ...draft, epochNo: 2 }), false);
      assert.equal(await store.delivery.formBatch(lane.lease, draft), true);
      assert.equal(await store.delivery.formBatch(lane.lease, draft), false);
      assert.equal((await store.delivery.openBatches(lane.lease)).length, 1);
    });

    section.test('count failed sends, with the last answer', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [record] = await recordSome(store, workspaceId, 1);
      assert.ok(record !== undefined);
      const lane = await takeLane(store, destination);
      const draft = batchDraft(lane, [record.recordNo]);
      await store.delivery.formBatch(lane.lease, draft);
      const attempt = {
        outcome: 'throttled',
        answer: ANSWER_503,
        events: 1,
        bytes: 321,
        firstSeq: 1,
        atMs: 1_795_500_000_000,
      };
      assert.equal(await store.delivery.noteFailedSend(lane.lease, draft, attempt), true);
      assert.equal(
        await store.delivery.noteFailedSend(lane.lease, draft, { ...attempt, outcome: 'transient' }),
        true,
      );
      const [batch] = await store.delivery.openBatches(lane.lease);
      assert.equal(batch?.attempts, 2);
      assert.deepEqual(batch.lastAnswer, ANSWER_503);
      const { items } = await store.admin.listAttempts(destination.destinationNo, { limit: 10 });
      assert.deepEqual(
        items.map(({ outcome }) => outcome),
        ['transient', 'throttled'],
      );
      const { firstSeq: _firstSeq, ...kept } = attempt;
      assert.deepEqual(items[1], { ...kept, firstSeq: 1 });
      const gone = { epochNo: 1, firstSeq: 77 };
      assert.equal(await store.delivery.noteFailedSend(lane.lease, gone, attempt), false);
    });

    section.test('keep a bounded number of failed sends, the newest', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [record] = await recordSome(store, workspaceId, 1);
      assert.ok(record !== undefined);
      const lane = await takeLane(store, destination);
      const draft = batchDraft(lane, [record.recordNo]);
      await store.delivery.formBatch(lane.lease, draft);
      const sends = factory.abilities.maxAttemptsKept + 5;
      for (let send = 1; send <= sends; send += 1) {
        await store.delivery.noteFailedSend(lane.lease, draft, {
          outcome: 'transient',
          answer: ANSWER_503,
          events: 1,
          bytes: 1,
          firstSeq: 1,
          atMs: send,
        });
      }
      const { items, nextCursor } = await store.admin.listAttempts(destination.destinationNo, {
        limit: sends,
      });
      assert.equal(items.length, factory.abilities.maxAttemptsKept);
      assert.equal(nextCursor, undefined);
      assert.equal(items[0]?.atMs, sends);
      const page = await store.admin.listAttempts(destination.destinationNo, { limit: 2 });
      assert.ok(page.nextCursor !== undefined);
      const next = await store.admin.listAttempts(destination.destinationNo, {
        limit: 2,
        cursor: page.nextCursor,
      });
      assert.deepEqual(
        next.items.map(({ atMs }) => atMs),
        [sends - 2, sends - 3],
      );
    });

    section.test('wait for an acknowledgement and come back from it', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [record] = await recordSome(store, workspaceId, 1);
      assert.ok(record !== undefined);
      const lane = await takeLane(store, destination);
      const draft = batchDraft(lane, [record.recordNo]);
      await store.delivery.formBatch(lane.lease, draft);
      const awaitsAck = async () =>
        (await store.delivery.listDue()).find(
          (due) => due.destination.destinationNo === destination.destinationNo,
        )?.awaitsAck;
      assert.equal(await awaitsAck(), false);
      assert.equal(await store.delivery.markAwaitingAck(lane.lease, draft, 42, 1_795_500_000_001), true);
      const [waiting] = await store.delivery.openBatches(lane.lease);
      assert.deepEqual(
        { state: waiting?.state, ackId: waiting?.ackId, sentAtMs: waiting?.sentAtMs },
        { state: 'awaiting_ack', ackId: 42, sentAtMs: 1_795_500_000_001 },
      );
      assert.equal(await awaitsAck(), true);
      assert.equal(await store.delivery.markFormed(lane.lease, draft), true);
      assert.equal(await awaitsAck(), false);
      const [formed] = await store.delivery.openBatches(lane.lease);
      assert.equal(formed?.state, 'formed');
      assert.equal('ackId' in formed, false);
    });
  });
}
