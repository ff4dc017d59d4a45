import assert from 'node:assert/strict';
import type { BatchDraft } from '../../src/outbox/batch.ts';
import type { Lane } from '../../src/outbox/delivery-store.ts';
import type { FinishedReceipt } from '../../src/outbox/proof-store.ts';
import type { Store } from '../../src/store/store.ts';
import { StoreWorld } from '../verify/store-world.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  ANSWER_200,
  auditRecord,
  batchDraft,
  deliver,
  newWorkspace,
  reconcileUntil,
  recordSome,
  takeLane,
} from './store-fixtures.ts';

/** What every store keeps for the proof of completeness. */
export function proofSection(factory: StoreFactory): void {
  describeSection(factory, 'proof', (section) => {
    section.test(
      'finished places come in the order of their numbers, page by page, from inside of a receipt too',
      async () => {
        const { store } = section;
        const { lane, recordNos, destinationNo } = await withLane(store, 9);
        const tombstone = {
          index: 1,
          reason: 'refused',
          recordNo: recordNos[1] ?? 0,
          metadataUid: 'a',
          originalSha256: 'ab'.repeat(32),
          timeMs: 1,
        } as const;
        await deliver(store, lane, recordNos.slice(0, 3), { tombstones: [tombstone] });
        const second = { ...lane, nextSeq: 4 };
        await deliver(store, second, [], { leftOut: recordNos.slice(3, 5) });
        await deliver(store, second, recordNos.slice(5, 7));
        await deliver(store, { ...lane, nextSeq: 6 }, recordNos.slice(7));
        const query = { destinationNo, epochNo: lane.epochNo, fromSeq: 1, maxReceipts: 100 };
        const all = await store.proof.finishedPlaces(query);
        assert.deepEqual(
          all.map(({ firstSeq, places, leftOut, isCheckpoint }) => ({
            firstSeq,
            places,
            leftOut,
            isCheckpoint,
          })),
          [
            { firstSeq: 1, places: 3, leftOut: 0, isCheckpoint: false },
            { firstSeq: 4, places: 0, leftOut: 2, isCheckpoint: false },
            { firstSeq: 4, places: 2, leftOut: 0, isCheckpoint: false },
            { firstSeq: 6, places: 2, leftOut: 0, isCheckpoint: false },
          ],
        );
        assert.equal(all[0]?.hashes.length, 96);
        assert.equal(all[0]?.tombstones[0]?.index, 1);
        assert.equal(all[0]?.destinationVersion, 1);
        const paged: FinishedReceipt[] = [];
        let after: FinishedReceipt | undefined = all[0];
        while (after !== undefined) {
          const [next] = await store.proof.finishedPlaces({ ...query, maxReceipts: 1, after });
          if (next !== undefined) paged.push(next);
          after = next;
        }
        assert.deepEqual(paged, all.slice(1));
        const inside = await store.proof.finishedPlaces({ ...query, fromSeq: 2 });
        assert.deepEqual(inside, all);
        const later = await store.proof.finishedPlaces({ ...query, fromSeq: 4 });
        assert.deepEqual(later, all.slice(1));
        assert.deepEqual(await store.proof.finishedPlaces({ ...query, fromSeq: 8 }), []);
        assert.deepEqual(await store.proof.finishedPlaces({ ...query, epochNo: 7 }), []);
      },
    );

    section.test('old receipts stay until a checkpoint covers them that is as old as they are', async () => {
      const { store } = section;
      const world = await StoreWorld.open(store);
      const numbers = (await world.record(4)).map(({ recordNo }) => recordNo);
      const soon = Date.now() + 3_600_000;
      const seqs = async (): Promise<number[]> => {
        const { destinationNo } = world.destination;
        const query = { destinationNo, epochNo: world.lane.epochNo, fromSeq: 1, maxReceipts: 100 };
        return (await store.proof.finishedPlaces(query)).map(({ firstSeq }) => firstSeq);
      };
      const prune = async (onlyCovered: boolean): Promise<number[]> => {
        await store.retention.prune({ receiptsBeforeMs: soon, onlyCovered }, 1_000);
        return seqs();
      };
      for (const recordNo of numbers.slice(0, 2)) await world.deliver([recordNo]);
      await reconcileUntil(store, async () => true);
      assert.deepEqual(await prune(true), [1, 2], 'no checkpoint covers them');
      await world.checkpoint();
      assert.deepEqual(await prune(true), [3], 'nor does one cover itself');
      await world.deliver(numbers.slice(2, 3));
      await reconcileUntil(store, async () => true);
      await world.checkpoint({ madeAtMs: soon + 1 });
      assert.deepEqual(await prune(true), [3, 4, 5], 'the checkpoint that covers 3 and 4 is young');
      assert.deepEqual(await prune(false), [5], 'where no checkpoints are made, age decides');
    });

    section.test('the last checkpoint is the newest that was delivered as itself', async () => {
      const { store } = section;
      const { lane, destinationNo } = await withLane(store, 0);
      assert.equal(await store.proof.lastCheckpoint(destinationNo), undefined);
      const one = await save(store, lane, destinationNo, 1);
      assert.equal(await store.proof.lastCheckpoint(destinationNo), undefined);
      await complete(store, lane, 1);
      assert.deepEqual(await store.proof.lastCheckpoint(destinationNo), one);
      await save(store, lane, destinationNo, 2);
      const tombstone = {
        index: 0,
        reason: 're_rendered',
        recordNo: 0,
        metadataUid: 'checkpoint',
        originalSha256: 'ab'.repeat(32),
        timeMs: 1,
      } as const;
      await complete(store, lane, 2, { tombstones: [tombstone] });
      assert.deepEqual(await store.proof.lastCheckpoint(destinationNo), one);
      const three = await save(store, lane, destinationNo, 3);
      await complete(store, lane, 3);
      assert.deepEqual(await store.proof.lastCheckpoint(destinationNo), three);
      const [, , last] = await store.proof.finishedPlaces({
        destinationNo,
        epochNo: lane.epochNo,
        fromSeq: 1,
        maxReceipts: 9,
      });
      assert.equal(last?.isCheckpoint, true);
    });

    section.test(
      'a checkpoint that was never formed gives its place to the next; old ones go, the last stays',
      async () => {
        const { store } = section;
        const { lane, destinationNo } = await withLane(store, 0);
        await save(store, lane, destinationNo, 1, { body: '{"first":true}' });
        const again = await save(store, lane, destinationNo, 1, { body: '{"second":true}' });
        assert.deepEqual(await store.proof.readCheckpoint(destinationNo, lane.epochNo, 1), again);
        await complete(store, lane, 1);
        await save(store, lane, destinationNo, 2);
        await complete(store, lane, 2);
        const three = { destinationNo, epochNo: lane.epochNo, seq: 3, body: '{}', madeAtMs: 30 };
        assert.equal(await store.proof.saveCheckpoint(lane.lease, three, 1_000), true);
        assert.equal(await store.proof.readCheckpoint(destinationNo, lane.epochNo, 1), undefined);
        assert.equal((await store.proof.readCheckpoint(destinationNo, lane.epochNo, 2))?.seq, 2);
        assert.equal((await store.proof.lastCheckpoint(destinationNo))?.seq, 2);
      },
    );

    section.test('a late owner takes the place of no checkpoint', async () => {
      const { store } = section;
      const { lane, destinationNo } = await withLane(store, 0);
      const { epochNo } = lane;
      const sent = await save(store, lane, destinationNo, 1, { body: '{"sent":true}' });
      const late = { ...sent, body: '{"late":true}' };
      const others = [
        { ...lane.lease, token: lane.lease.token - 1 },
        { ...lane.lease, owner: 'another' },
      ];
      for (const lease of others) assert.equal(await store.proof.saveCheckpoint(lease, late, 0), false);
      await complete(store, lane, 1);
      assert.equal(await store.proof.saveCheckpoint(lane.lease, late, 0), false, 'the number is given away');
      const ofAnotherEpoch = { ...late, epochNo: epochNo + 1, seq: 2 };
      assert.equal(await store.proof.saveCheckpoint(lane.lease, ofAnotherEpoch, 0), false);
      assert.deepEqual(await store.proof.readCheckpoint(destinationNo, epochNo, 1), sent);
      assert.equal(await store.proof.readCheckpoint(destinationNo, epochNo + 1, 2), undefined);
    });

    section.test('a signing key is added once for each that is replaced, and audited', async () => {
      const { store } = section;
      const add = (keyId: string, newest?: string) =>
        store.admin.addCheckpointKey(
          { keyId, sealed: `v1.key-1.${keyId}.x`, publicKey: 'AAAA', createdAtMs: 1_000 },
          newest,
          auditRecord('aegis-system', { action: 'checkpoint_key.made', subjectId: keyId }),
        );
      assert.equal(await add('k1'), true);
      assert.equal(await add('k2'), false);
      assert.deepEqual(
        await Promise.all([add('k2', 'k1'), add('k3', 'k1')]).then((made) =>
          made.toSorted((a, b) => Number(a) - Number(b)),
        ),
        [false, true],
      );
      const [newest, oldest] = await store.proof.checkpointKeys();
      assert.equal(oldest?.keyId, 'k1');
      assert.ok((newest?.createdAtMs ?? 0) > 1_000, 'a clock that stands still keeps the order');
      const { items } = await store.admin.listAudit({ workspaceId: 'aegis-system' }, { limit: 10 });
      assert.equal(items.filter(({ action }) => action === 'checkpoint_key.made').length, 2);
    });
  });
}

async function withLane(store: Store, records: number) {
  const workspaceId = newWorkspace();
  const destination = await addDestination(store, workspaceId);
  const recordNos = (await recordSome(store, workspaceId, records)).map(({ recordNo }) => recordNo);
  const lane = await takeLane(store, destination);
  return { lane, recordNos, destinationNo: destination.destinationNo };
}

async function save(
  store: Store,
  lane: Lane,
  destinationNo: number,
  seq: number,
  given: { body?: string } = {},
) {
  const checkpoint = { destinationNo, epochNo: lane.epochNo, seq, body: '{}', madeAtMs: 10 * seq, ...given };
  assert.equal(await store.proof.saveCheckpoint(lane.lease, checkpoint, 0), true);
  return checkpoint;
}

async function complete(
  store: Store,
  lane: Lane,
  seq: number,
  given: Partial<BatchDraft> = {},
): Promise<void> {
  const draft = batchDraft({ ...lane, nextSeq: seq }, [null], given);
  assert.equal(await store.delivery.formBatch(lane.lease, draft), true);
  const [open] = await store.delivery.openBatches(lane.lease);
  assert.deepEqual(open?.recordNos, [null]);
  const settled = await store.delivery.completeBatch(lane.lease, draft, {
    answer: ANSWER_200,
    deadLetters: [],
  });
  assert.equal(settled, 'settled');
}
