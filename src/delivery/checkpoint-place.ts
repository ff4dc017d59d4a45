import type { JsonObject } from '../json.ts';
import { checkpointEvent } from '../ocsf/checkpoint-event.ts';
import type { BatchDraft } from '../outbox/batch.ts';
import { readCheckpoint } from '../proof/read-checkpoint.ts';
import { encodePlace, type ReadyEvent, readyEvents } from './ready-event.ts';
import type { RenderedPlace } from './form-batch.ts';
import { placeAt, type Rendering } from './rendering.ts';

/** A batch of one place without a record and without a tombstone: a checkpoint stands there. */
export function isCheckpointBatch({ recordNos, tombstones }: BatchDraft): boolean {
  return recordNos.length === 1 && recordNos[0] === null && tombstones.length === 0;
}

/** The event of a checkpoint: the same bytes from the same body, today and after a restart. Undefined for a body that is none. */
export function renderCheckpoint(body: string, seq: number, rendering: Rendering): RenderedPlace | undefined {
  const fields: unknown = JSON.parse(body);
  const read = readCheckpoint(fields);
  if (!read.ok) return undefined;
  const { fromSeq, toSeq, madeAtMs: timeMs } = read.checkpoint;
  const place = placeAt(rendering.stream, seq, 'checkpoint', false);
  const { workspaceId, ocsf, renderer, connector } = rendering;
  // Just read as a checkpoint: an object of JSON.
  const facts = { timeMs, workspaceId, fromSeq, toSeq, body: fields as JsonObject };
  const event = renderer.stamp(checkpointEvent(facts, place, ocsf), place, ocsf);
  return { ...encodePlace(event, connector), sha256: renderer.sha256(event.text) };
}

/** The events of a written checkpoint batch, made again. Undefined when any byte would differ: the batch is then dissolved. */
export function restoreCheckpoint(
  batch: BatchDraft,
  body: string | undefined,
  rendering: Rendering,
): readonly ReadyEvent[] | undefined {
  if (body === undefined || batch.renderKey !== rendering.renderer.renderKey(rendering.ocsf))
    return undefined;
  const place = renderCheckpoint(body, batch.firstSeq, rendering);
  if (place === undefined || Buffer.compare(place.sha256, batch.hashes) !== 0) return undefined;
  return readyEvents([place]);
}
