import type { BatchDraft, Tombstone } from './batch.ts';
import type { DeadLetterDraft } from './delivery-store.ts';

/** Bytes of one event's hash in `BatchDraft.hashes` (SHA-256). */
export const HASH_BYTES = 32;

/**
 * The places `[from, to)` of a batch as a batch of their own, with the same numbers, bytes and settings. Records that the
 * filter left out stay with the piece that holds the first place, so that they are finished once.
 */
export function sliceBatch(batch: BatchDraft, from: number, to: number): BatchDraft {
  if (from < 0 || to > batch.recordNos.length || from >= to) {
    throw new RangeError(`A batch of ${batch.recordNos.length} places has no places ${from} to ${to}`);
  }
  return {
    epochNo: batch.epochNo,
    firstSeq: batch.firstSeq + from,
    recordNos: batch.recordNos.slice(from, to),
    hashes: batch.hashes.slice(from * HASH_BYTES, to * HASH_BYTES),
    tombstones: batch.tombstones
      .filter((tombstone) => tombstone.index >= from && tombstone.index < to)
      .map((tombstone) => ({ ...tombstone, index: tombstone.index - from })),
    leftOut: from === 0 ? batch.leftOut : [],
    destinationVersion: batch.destinationVersion,
    renderKey: batch.renderKey,
    replayed: batch.replayed.filter((index) => index >= from && index < to).map((index) => index - from),
  };
}

/** The same batch with a tombstone and its hash at `tombstone.index`, in place of whatever stood there. */
export function withTombstone(batch: BatchDraft, tombstone: Tombstone, hash: Uint8Array): BatchDraft {
  const others = batch.tombstones.filter((other) => other.index !== tombstone.index);
  const reRendered = tombstone.reason === 're_rendered';
  return {
    ...batch,
    recordNos: batch.recordNos.map((recordNo, index) => {
      if (index !== tombstone.index) return recordNo;
      // A place that never held a record holds none now.
      return reRendered || recordNo === null ? null : tombstone.recordNo;
    }),
    hashes: withHash(batch.hashes, tombstone.index, hash),
    tombstones: [...others, tombstone].sort((a, b) => a.index - b.index),
    replayed: reRendered ? batch.replayed.filter((index) => index !== tombstone.index) : batch.replayed,
  };
}

/** The same batch with the event itself back at `index`, where a tombstone of its record stood. */
export function withEvent(batch: BatchDraft, index: number, hash: Uint8Array): BatchDraft {
  return {
    ...batch,
    hashes: withHash(batch.hashes, index, hash),
    tombstones: batch.tombstones.filter((tombstone) => tombstone.index !== index),
  };
}

/** The records of a batch that become dead letters once the batch is taken. `attempts`: sends so far. */
export function deadLettersOf(batch: BatchDraft, attempts: number): DeadLetterDraft[] {
  return batch.tombstones.flatMap((tombstone) =>
    tombstone.dead === undefined ? [] : [{ recordNo: tombstone.recordNo, attempts, ...tombstone.dead }],
  );
}

/** The numbers of the records that a batch keeps out of further reading. */
export function recordsOf(batch: BatchDraft): number[] {
  return [...batch.recordNos.filter((recordNo) => recordNo !== null), ...batch.leftOut];
}

/** Hash of the place `index`. */
export function hashAt(batch: BatchDraft, index: number): Uint8Array {
  return batch.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
}

function withHash(hashes: Uint8Array, index: number, hash: Uint8Array): Uint8Array {
  const changed = hashes.slice();
  changed.set(hash, index * HASH_BYTES);
  return changed;
}
