import assert from 'node:assert/strict';
import type { BatchDraft } from '../../src/outbox/batch.ts';
import type { Lane } from '../../src/outbox/delivery-store.ts';
import type { Destination } from '../../src/outbox/destination.ts';
import { describeSection, type Section } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  ANSWER_200,
  ANSWER_503,
  batchDraft,
  newWorkspace,
  openRows,
  recordSome,
  takeLane,
} from './store-fixtures.ts';

export function replaceSection(factory: StoreFactory): void {
  describeSection(factory, 'replace', (section) => {
    section.test('a split keeps the numbers, the sends and the last answer', async () => {
      const { store } = section;
      const { lane, draft } = await sentOnce(section, 4);
      const parts = [part(draft, 0, 2), part(draft, 2, 4)];
      assert.equal(await store.delivery.replaceBatch(lane.lease, draft, { open: parts }), 'settled');
      const batches = await store.delivery.openBatches(lane.lease);
      assert.deepEqual(
        batches.map(({ firstSeq, recordNos, attempts, lastAnswer, state }) => ({
          firstSeq,
          recordNos,
          attempts,
          lastAnswer,
          state,
        })),
        parts.map(({ firstSeq, recordNos }) => ({
          firstSeq,
          recordNos,
          attempts: 1,
          lastAnswer: ANSWER_503,
          state: 'formed',
        })),
      );
      assert.deepEqual(Uint8Array.from(batches[1]?.hashes ?? []), parts[1]?.hashes);
    });

    section.test('what was taken is finished at once, the rest stays open', async () => {
      const { store } = section;
      const { destination, lane, draft } = await sentOnce(section, 3);
      const settled = await store.delivery.replaceBatch(lane.lease, draft, {
        delivered: { draft: part(draft, 0, 1), completion: { answer: ANSWER_200, deadLetters: [] } },
        open: [part(draft, 1, 3)],
      });
      assert.equal(settled, 'settled');
      assert.deepEqual(
        (await openRows(store, destination)).map((row) => row.recordNo),
        draft.recordNos.slice(1),
      );
      const rows = await section.sql(
        `select status, seq from aegis_siem_deliveries where workspace_id = '${destination.workspaceId}' order by record_no`,
      );
      assert.deepEqual(
        rows.map((row) => [row['status'], Number(row['seq'])]),
        [
          ['delivered', 1],
          ['in_flight', 2],
          ['in_flight', 3],
        ],
      );
    });

    section.test('of a batch that is gone writes nothing and says so', async () => {
      const { store } = section;
      const { lane, draft } = await sentOnce(section, 2);
      await store.delivery.completeBatch(lane.lease, draft, { answer: ANSWER_200, deadLetters: [] });
      const again = await store.delivery.replaceBatch(lane.lease, draft, { open: [part(draft, 0, 2)] });
      assert.equal(again, 'duplicate');
      assert.deepEqual(await store.delivery.openBatches(lane.lease), []);
    });
  });
}

async function sentOnce(
  { store }: Section,
  places: number,
): Promise<{ destination: Destination; lane: Lane; draft: BatchDraft }> {
  const workspaceId = newWorkspace();
  const destination = await addDestination(store, workspaceId);
  const records = await recordSome(store, workspaceId, places);
  const lane = await takeLane(store, destination);
  const draft = batchDraft(
    lane,
    records.map((record) => record.recordNo),
  );
  await store.delivery.formBatch(lane.lease, draft);
  await store.delivery.noteFailedSend(lane.lease, draft, {
    outcome: 'throttled',
    answer: ANSWER_503,
    events: places,
    bytes: 100,
    firstSeq: draft.firstSeq,
    atMs: 1,
  });
  return { destination, lane, draft };
}

function part(draft: BatchDraft, from: number, to: number): BatchDraft {
  return {
    ...draft,
    firstSeq: draft.firstSeq + from,
    recordNos: draft.recordNos.slice(from, to),
    hashes: draft.hashes.slice(from * 32, to * 32),
  };
}
