import type { OcsfEvent } from '../ocsf/ocsf-event.ts';
import type { DeadReason, Tombstone } from '../outbox/batch.ts';
import { hashAt, withEvent, withTombstone } from '../outbox/batch-places.ts';
import { hashesOf, renderPlace, renderTombstone } from './form-batch.ts';
import type { LaneRun } from './lane-run.ts';
import { openBatch } from './open-batch.ts';
import type { OpenBatch } from './open-batch.ts';
import type { Rendering } from './rendering.ts';

/**
 * A batch of one event that was refused, as a batch of its tombstone: same number, the event's hash kept. Where the lane
 * has no connector any more the batch stays as it is and is refused again.
 */
export function entombRefused(run: LaneRun, batch: OpenBatch, dead: DeadReason): OpenBatch {
  const rendering = run.rendering();
  const recordNo = batch.draft.recordNos[0];
  const event = batch.events?.[0]?.event;
  if (rendering === undefined || recordNo === undefined || recordNo === null || event === undefined)
    return batch;
  const tombstone: Tombstone = {
    index: 0,
    reason: 'refused',
    recordNo,
    metadataUid: metadataUidOf(event) ?? `record-${recordNo}`,
    originalSha256: Buffer.from(hashAt(batch.draft, 0)).toString('hex'),
    timeMs: typeof event['time'] === 'number' ? event['time'] : run.parts.clock.nowMs(),
    dead,
  };
  const wire = renderTombstone(tombstone, batch.draft.firstSeq, rendering);
  return openBatch(withTombstone(batch.draft, tombstone, hashesOf([wire], rendering)), {
    ...inherit(batch),
    events: [wire],
    suspect: true,
  });
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
  if (place.tombstone !== undefined) return undefined;
  return eventBack(batch, place.event, tombstone.originalSha256, rendering);
}

function eventBack(
  batch: OpenBatch,
  event: Parameters<typeof hashesOf>[0][number],
  originalSha256: string,
  rendering: Rendering,
): OpenBatch | undefined {
  const hash = hashesOf([event], rendering);
  if (Buffer.from(hash).toString('hex') !== originalSha256) return undefined;
  return openBatch(withEvent(batch.draft, 0, hash), { ...inherit(batch), events: [event] });
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

function metadataUidOf(event: OcsfEvent): string | undefined {
  const metadata = event['metadata'];
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return undefined;
  const uid = (metadata as { readonly uid?: unknown }).uid;
  return typeof uid === 'string' ? uid : undefined;
}
