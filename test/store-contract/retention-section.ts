import assert from 'node:assert/strict';
import type { Lane } from '../../src/outbox/delivery-store.ts';
import type { Destination } from '../../src/outbox/destination.ts';
import type { RetentionCutoffs } from '../../src/outbox/retention-store.ts';
import type { Store } from '../../src/store/store.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  ANSWER_503,
  batchDraft,
  deliver,
  newWorkspace,
  openRows,
  reconcileUntil,
  recordSome,
  takeLane,
} from './store-fixtures.ts';

/** Later than whatever these tests write. */
export const ALL: Required<Omit<RetentionCutoffs, 'onlyCovered'>> = Object.freeze({
  receiptsBeforeMs: Date.now() + 3_600_000,
  attemptsBeforeMs: Date.now() + 3_600_000,
  skippedBeforeMs: Date.now() + 3_600_000,
});

/** What every store does with receipts and failed sends that are old. */
export function retentionSection(factory: StoreFactory): void {
  describeSection(factory, 'retention', (section) => {
    section.test('old receipts go in bounded steps, but for the latest of each epoch', async () => {
      const { store } = section;
      const { lane, recordNos } = await withLane(store, 8);
      await deliverOneByOne(store, lane, recordNos.slice(0, 5));
      const next = await store.delivery.openEpoch(lane.lease, lane.currentAnchor);
      assert.ok(next !== undefined);
      await deliverOneByOne(store, next, recordNos.slice(5));
      let step = await store.retention.prune(ALL, 2);
      await reconcileUntil(store, async () => {
        if (step.receipts === 0) step = await store.retention.prune(ALL, 2);
        return step.receipts > 0;
      });
      assert.deepEqual(step, { receipts: 2, attempts: 0, skippedLetters: 0, more: true });
      assert.deepEqual(await pruneAll(store), { receipts: 4, attempts: 0, skippedLetters: 0 });
      assert.deepEqual(await pruneAll(store), { receipts: 0, attempts: 0, skippedLetters: 0 });
    });

    section.test('what is younger than the cutoff stays, and without a cutoff everything does', async () => {
      const { store } = section;
      const { lane, recordNos } = await withLane(store, 3);
      await deliverOneByOne(store, lane, recordNos);
      const longAgo = { receiptsBeforeMs: 1_000, attemptsBeforeMs: 1_000, skippedBeforeMs: 1_000 };
      const nothing = { receipts: 0, attempts: 0, skippedLetters: 0, more: false };
      assert.deepEqual(await store.retention.prune(longAgo, 100), nothing);
      assert.deepEqual(await store.retention.prune({}, 100), nothing);
      assert.equal(await pruneReceipts(store, 2), 2);
    });

    section.test(
      'receipts above the mark stay until the reconciler has looked, so that nothing is sent again',
      async () => {
        const { store } = section;
        const { destination, lane, recordNos } = await withLane(store, 4);
        await deliverOneByOne(store, lane, recordNos);
        assert.equal((await pruneAll(store)).receipts, 0);
        assert.equal(await pruneReceipts(store, 3), 3);
        const again = await reconcileUntil(store, async () => true);
        assert.deepEqual([again.repaired, again.missed], [0, 0]);
        assert.deepEqual(await openRows(store, destination), []);
      },
    );

    section.test('failed sends go by their age', async () => {
      const { store } = section;
      const { destination, lane, recordNos } = await withLane(store, 1);
      const draft = batchDraft(lane, recordNos);
      await store.delivery.formBatch(lane.lease, draft);
      for (const atMs of [5, 6, 7_000]) {
        const attempt = { outcome: 'throttled', answer: ANSWER_503, events: 1, bytes: 9, firstSeq: 1, atMs };
        assert.equal(await store.delivery.noteFailedSend(lane.lease, draft, attempt), true);
      }
      const report = await store.retention.prune({ attemptsBeforeMs: 10 }, 100);
      assert.deepEqual(report, { receipts: 0, attempts: 2, skippedLetters: 0, more: false });
      const { items } = await store.admin.listAttempts(destination.destinationNo, { limit: 10 });
      assert.deepEqual(
        items.map(({ atMs }) => atMs),
        [7_000],
      );
      await store.delivery.completeBatch(lane.lease, draft, { answer: ANSWER_503, deadLetters: [] });
      await reconcileUntil(store, async () => true);
      await pruneAll(store);
    });
  });
}

export async function withLane(
  store: Store,
  records: number,
): Promise<{
  destination: Destination;
  lane: Lane;
  recordNos: readonly number[];
  recordIds: readonly string[];
}> {
  const workspaceId = newWorkspace();
  const destination = await addDestination(store, workspaceId);
  const recorded = await recordSome(store, workspaceId, records);
  const lane = await takeLane(store, destination);
  return {
    destination,
    lane,
    recordNos: recorded.map(({ recordNo }) => recordNo),
    recordIds: recorded.map(({ recordId }) => recordId),
  };
}

/** One receipt a record. */
export async function deliverOneByOne(store: Store, lane: Lane, recordNos: readonly number[]): Promise<void> {
  for (const [index, recordNo] of recordNos.entries()) {
    await deliver(store, lane, [recordNo], { firstSeq: lane.nextSeq + index });
  }
}

/**
 * Reconciles and prunes until so many receipts are gone. On PostgreSQL that waits for transactions that are open in any
 * database of the server, those of other tests too.
 */
export async function pruneReceipts(store: Store, wanted: number): Promise<number> {
  let receipts = 0;
  await reconcileUntil(store, async () => {
    receipts += (await pruneAll(store)).receipts;
    return receipts >= wanted;
  });
  return receipts;
}

export async function pruneAll(
  store: Store,
  cutoffs: RetentionCutoffs = ALL,
): Promise<{ receipts: number; attempts: number; skippedLetters: number }> {
  const sum = { receipts: 0, attempts: 0, skippedLetters: 0 };
  for (;;) {
    const report = await store.retention.prune(cutoffs, 3);
    sum.receipts += report.receipts;
    sum.attempts += report.attempts;
    sum.skippedLetters += report.skippedLetters;
    if (!report.more) return sum;
  }
}
