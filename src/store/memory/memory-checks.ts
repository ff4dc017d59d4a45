import type { Batch, BatchDraft } from '../../outbox/batch.ts';
import { HASH_BYTES, recordsOf } from '../../outbox/batch-places.ts';

/** Throws where a new batch would hold a record that is not free. */
export function checkForm(
  draft: BatchDraft,
  rows: ReadonlyMap<number, boolean>,
  open: readonly Batch[],
): void {
  checkShape(draft);
  const taken = new Set(open.flatMap((batch) => recordsOf(batch)));
  for (const recordNo of recordsOf(draft)) {
    if (!rows.has(recordNo)) throw new Error(`Record ${recordNo} has no open row`);
    if (taken.has(recordNo)) throw new Error(`Record ${recordNo} is in another open batch`);
  }
}

/** Throws where the parts of a batch do not cover its numbers exactly. No part at all gives the batch up. */
export function checkReplacement(
  batch: Batch,
  delivered: BatchDraft | undefined,
  open: readonly BatchDraft[],
): void {
  const parts = [...(delivered === undefined ? [] : [delivered]), ...open];
  if (parts.length === 0) return;
  let nextSeq = batch.firstSeq;
  for (const part of [...parts].sort((a, b) => a.firstSeq - b.firstSeq)) {
    checkShape(part);
    if (part.epochNo !== batch.epochNo || part.firstSeq !== nextSeq) {
      throw new Error(
        `A part begins at ${part.epochNo}:${part.firstSeq}; expected ${batch.epochNo}:${nextSeq}`,
      );
    }
    nextSeq += part.recordNos.length;
  }
  const end = batch.firstSeq + batch.recordNos.length;
  if (nextSeq !== end) throw new Error(`The parts end before ${nextSeq}; the batch ends before ${end}`);
}

function checkShape(draft: BatchDraft): void {
  const places = draft.recordNos.length;
  if (places === 0 && draft.leftOut.length === 0)
    throw new Error('A batch holds a place, or a record that was left out');
  if (draft.hashes.length !== places * HASH_BYTES) throw new Error('A batch has one hash for each place');
  const tombstoneAt = new Set(draft.tombstones.map((tombstone) => tombstone.index));
  for (const [index, recordNo] of draft.recordNos.entries()) {
    // A checkpoint has neither, and stands alone.
    if (recordNo === null && !tombstoneAt.has(index) && places > 1)
      throw new Error(`Place ${index} has neither record nor tombstone`);
  }
}
