import { recordsOf } from '../outbox/batch-places.ts';
import { isCheckpointBatch, restoreCheckpoint } from './checkpoint-place.ts';
import { isRefusalOutdated, restoreRefused } from './exchange-place.ts';
import type { LaneRun } from './lane-run.ts';
import { openBatch } from './open-batch.ts';
import type { OpenBatch } from './open-batch.ts';
import type { ReadyEvent } from './ready-event.ts';
import { dissolveBatch, restoreEvents } from './restore-batch.ts';

/**
 * The events of a written batch, ready to send: kept ones, or rendered again with the same bytes. Where that cannot be
 * done any more the batch is dissolved instead (its numbers are filled by tombstones, its records are open again) and the
 * answer is undefined; the lane then chooses anew. Rejects when the store fails.
 */
export async function eventsToSend(
  run: LaneRun,
  batch: OpenBatch,
): Promise<readonly ReadyEvent[] | undefined> {
  const rendering = run.rendering();
  if (rendering === undefined) return undefined;
  if (isRefusalOutdated(run, batch) && (await takeRefusalBack(run, batch))) return undefined;
  const { renderer, store, clock, logger } = run.parts;
  const sameKey = batch.draft.renderKey === renderer.renderKey(rendering.ocsf);
  if (batch.events !== undefined && sameKey) return batch.events;
  const named = batch.draft.tombstones.map((tombstone) => tombstone.recordNo);
  const rows = await store.readRecords([...new Set([...recordsOf(batch.draft), ...named])]);
  const events = isCheckpointBatch(batch.draft)
    ? restoreCheckpoint(batch.draft, await run.checkpoints?.bodyOf(batch.draft), rendering)
    : restoreEvents(batch.draft, rows, rendering);
  // Settings that changed during the read have another connector, which encodes in its own way: the lane asks again.
  if (run.holder.current !== rendering.connector) return undefined;
  if (events !== undefined) {
    batch.events = events;
    return events;
  }
  // While the records were read its refusal may have been taken back: of two replacements the window would keep the wrong one.
  if (batch.stage !== 'ready') return undefined;
  batch.stage = 'sending';
  const dissolved = dissolveBatch(batch.draft, rows, rendering, clock.nowMs());
  const result = await store.replaceBatch(run.keeper.lease, batch.draft, { open: [dissolved.draft] });
  if (result === 'lane_lost') {
    run.lose();
    return undefined;
  }
  const { attempts, lastAnswer, mayDouble } = batch;
  const reopened = batch.draft.recordNos.filter((recordNo) => recordNo !== null).length;
  if (attempts > 0 || mayDouble !== undefined) run.countDuplicates('dissolved', reopened);
  run.window.replace(
    batch,
    result === 'settled'
      ? [openBatch(dissolved.draft, { attempts, lastAnswer, events: dissolved.events })]
      : [],
  );
  run.reader.restart();
  logger.info(
    { ...run.who, firstSeq: batch.draft.firstSeq, records: reopened },
    'A batch was dissolved: its records would have other bytes now and are formed anew',
  );
  return undefined;
}

/** True when the event stands in its place again, or the lane is lost. */
async function takeRefusalBack(run: LaneRun, batch: OpenBatch): Promise<boolean> {
  const restored = await restoreRefused(run, batch);
  if (restored === undefined) return false;
  if (batch.stage !== 'ready') return true;
  batch.stage = 'sending';
  const result = await run.parts.store.replaceBatch(run.keeper.lease, batch.draft, {
    open: [restored.draft],
  });
  if (result === 'lane_lost') run.lose();
  else run.window.replace(batch, result === 'settled' ? [restored] : []);
  return true;
}
