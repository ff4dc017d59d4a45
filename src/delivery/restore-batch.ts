import { checkpointUid } from '../ocsf/checkpoint-event.ts';
import { LEFT_OUT } from '../ocsf/render-result.ts';
import type { BatchDraft, Tombstone } from '../outbox/batch.ts';
import { hashAt } from '../outbox/batch-places.ts';
import type { OpenRow } from '../outbox/delivery-store.ts';
import { isCheckpointBatch } from './checkpoint-place.ts';
import { hashesOf, renderPlace, renderTombstone } from './form-batch.ts';
import type { RenderedPlace } from './form-batch.ts';
import { readyEvents } from './ready-event.ts';
import type { ReadyEvent } from './ready-event.ts';
import type { Rendering } from './rendering.ts';

/**
 * The events of a written batch, made again from its records: after a restart, or when they were not kept in memory.
 * Answers undefined when any byte would differ from what was written (a record is gone, or the renderer changed): the
 * batch is then to be dissolved, since something else may have been sent under its numbers.
 */
export function restoreEvents(
  batch: BatchDraft,
  rows: readonly OpenRow[],
  rendering: Rendering,
): readonly ReadyEvent[] | undefined {
  if (batch.renderKey !== rendering.renderer.renderKey(rendering.ocsf)) return undefined;
  const rowOf = new Map(rows.map((row) => [row.recordNo, row]));
  const tombstoneAt = new Map(batch.tombstones.map((tombstone) => [tombstone.index, tombstone]));
  const replayed = new Set(batch.replayed);
  const places: RenderedPlace[] = [];
  for (const [index, recordNo] of batch.recordNos.entries()) {
    const seq = batch.firstSeq + index;
    const tombstone = tombstoneAt.get(index);
    const row = recordNo === null ? undefined : rowOf.get(recordNo);
    if (tombstone !== undefined) {
      places.push(renderTombstone(tombstone, seq, rendering));
    } else if (row === undefined) {
      return undefined;
    } else {
      const place = renderPlace({ ...row, replayed: replayed.has(index) }, index, seq, rendering, 0);
      if (place === LEFT_OUT || place.tombstone !== undefined) return undefined;
      places.push(place);
    }
  }
  if (Buffer.compare(hashesOf(places), batch.hashes) !== 0) return undefined;
  return readyEvents(places);
}

function nameless(batch: BatchDraft, index: number, recordNo: number, { stream }: Rendering): string {
  if (!isCheckpointBatch(batch)) return `record-${recordNo}`;
  const { streamId, epoch } = stream;
  return checkpointUid({ streamId, epoch, seq: batch.firstSeq + index, kind: 'checkpoint' });
}

/** A dissolved batch: the same numbers, each filled by a tombstone; the records are open again. */
export interface DissolvedBatch {
  readonly draft: BatchDraft;
  readonly events: readonly ReadyEvent[];
}

/**
 * Fills every place of a batch with a `re_rendered` tombstone under the settings in force now. `nowMs` becomes the
 * tombstones' time. `rows` name the records; a record that is gone is named by its number alone.
 */
export function dissolveBatch(
  batch: BatchDraft,
  rows: readonly OpenRow[],
  rendering: Rendering,
  nowMs: number,
): DissolvedBatch {
  const rowOf = new Map(rows.map((row) => [row.recordNo, row]));
  const earlier = new Map(batch.tombstones.map((tombstone) => [tombstone.index, tombstone]));
  const tombstones = batch.recordNos.map((recordNo, index): Tombstone => {
    const before = earlier.get(index);
    const no = recordNo ?? before?.recordNo ?? 0;
    const timeMs = before?.timeMs ?? nowMs;
    return {
      index,
      reason: 're_rendered',
      recordNo: no,
      metadataUid: before?.metadataUid ?? rowOf.get(no)?.recordId ?? nameless(batch, index, no, rendering),
      originalSha256: before?.originalSha256 ?? Buffer.from(hashAt(batch, index)).toString('hex'),
      timeMs,
    };
  });
  const places = tombstones.map((tombstone) =>
    renderTombstone(tombstone, batch.firstSeq + tombstone.index, rendering),
  );
  return {
    draft: {
      ...batch,
      recordNos: batch.recordNos.map(() => null),
      leftOut: [],
      hashes: hashesOf(places),
      tombstones,
      destinationVersion: rendering.destinationVersion,
      renderKey: rendering.renderer.renderKey(rendering.ocsf),
      replayed: [],
    },
    events: readyEvents(places),
  };
}
