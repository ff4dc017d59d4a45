import { LEFT_OUT } from '../ocsf/render-result.ts';
import type { DeadReason, Tombstone } from '../outbox/batch.ts';
import { hashAt, withEvent, withTombstone } from '../outbox/batch-places.ts';
import { renderPlace, renderTombstone } from './form-batch.ts';
import type { RenderedPlace } from './form-batch.ts';
import type { LaneRun } from './lane-run.ts';
import { isLoneTombstone, openBatch } from './open-batch.ts';
import type { OpenBatch } from './open-batch.ts';
import { readyEvents } from './ready-event.ts';

/** In a tombstone for a place that never held a record. */
const NO_RECORD = 0;

/**
 * A batch of one event that was refused, as a batch of its tombstone: same number, the event's hash kept. Where the lane
 * has no connector any more the batch stays as it is and is refused again.
 */
export function entombRefused(run: LaneRun, batch: OpenBatch, dead: DeadReason): OpenBatch {
  const rendering = run.rendering();
  const recordNo = batch.draft.recordNos[0];
  const event = batch.events?.[0];
  if (rendering === undefined || recordNo === undefined || event === undefined) return batch;
  const tombstone: Tombstone = {
    index: 0,
    reason: 'refused',
    recordNo: recordNo ?? NO_RECORD,
    metadataUid: event.metadataUid ?? `record-${recordNo ?? NO_RECORD}`,
    originalSha256: Buffer.from(hashAt(batch.draft, 0)).toString('hex'),
    timeMs: event.timeMs ?? run.parts.clock.nowMs(),
    // A checkpoint that was refused is no record: the next one covers what it would have.
    ...(recordNo === null ? {} : { dead }),
  };
  const place = renderTombstone(tombstone, batch.draft.firstSeq, rendering);
  // The refusal holds for the settings that it was given under, and for no others.
  const refused = { ...batch.draft, destinationVersion: batch.sentUnder ?? batch.draft.destinationVersion };
  return openBatch(withTombstone(refused, tombstone, place.sha256), {
    ...inherit(batch),
    events: readyEvents([place]),
    suspect: true,
  });
}

/** A tombstone of an event that was refused under other settings than those in force: the event deserves to be tried again. */
export function isRefusalOutdated(run: LaneRun, batch: OpenBatch): boolean {
  if (!isLoneTombstone(batch) || batch.draft.tombstones[0]?.reason !== 'refused') return false;
  return batch.draft.destinationVersion !== run.destination.rowVersion;
}

/**
 * The event of a refused tombstone, back at its place. Undefined where it cannot be made with the bytes that it had: the
 * tombstone then stays.
 */
export async function restoreRefused(run: LaneRun, batch: OpenBatch): Promise<OpenBatch | undefined> {
  const rendering = run.rendering();
  const tombstone = batch.draft.tombstones[0];
  if (rendering === undefined || tombstone?.reason !== 'refused') return undefined;
  const [row] = await run.parts.store.readRecords([tombstone.recordNo]);
  if (row === undefined) return undefined;
  const replayed = batch.draft.replayed.includes(0);
  const place = renderPlace({ ...row, replayed }, 0, batch.draft.firstSeq, rendering, 0);
  if (place === LEFT_OUT || place.tombstone !== undefined) return undefined;
  return eventBack(batch, place, tombstone.originalSha256);
}

function eventBack(batch: OpenBatch, place: RenderedPlace, originalSha256: string): OpenBatch | undefined {
  if (Buffer.from(place.sha256).toString('hex') !== originalSha256) return undefined;
  return openBatch(withEvent(batch.draft, 0, place.sha256), {
    ...inherit(batch),
    events: readyEvents([place]),
  });
}

function inherit(batch: OpenBatch): Partial<OpenBatch> {
  return {
    attempts: batch.attempts,
    lastAnswer: batch.lastAnswer,
    mayDouble: batch.mayDouble,
    tombstoneRefusedAtSend: batch.tombstoneRefusedAtSend,
    asideSinceSend: batch.asideSinceSend,
    asideCount: batch.asideCount,
    asideUntilMs: batch.asideUntilMs,
  };
}
