import type { JsonObject } from '../json.ts';
import type { Checkpoint, SignedCheckpoint } from './checkpoint.ts';
import { timeText } from './checkpoint-statement.ts';
import { formatRanges } from './number-ranges.ts';

/** A signed checkpoint as it travels in `unmapped.aegis.checkpoint`, and as it is kept in the store. */
export function checkpointBody(checkpoint: SignedCheckpoint): JsonObject {
  const { previous, nextKey, nextDueMs, chain } = checkpoint;
  return {
    format: 1,
    stream: checkpoint.stream,
    epoch: checkpoint.epoch,
    seq: checkpoint.seq,
    from_seq: checkpoint.fromSeq,
    to_seq: checkpoint.toSeq,
    delivered: checkpoint.delivered,
    tombstoned: checkpoint.tombstoned,
    checkpoints: checkpoint.checkpoints,
    left_out: checkpoint.leftOut,
    tombstones: formatRanges(checkpoint.tombstones),
    untaken: checkpoint.untaken.map(({ seq, sha256 }) => ({ seq, sha256 })),
    filters: checkpoint.filters,
    root: checkpoint.root,
    places_each: checkpoint.placesEach,
    parts: partsText(checkpoint),
    ...(previous === undefined
      ? {}
      : { previous: { epoch: previous.epoch, seq: previous.seq, sha256: previous.sha256 } }),
    made_at: timeText(checkpoint.madeAtMs),
    ...(nextDueMs === undefined ? { stopped: true } : { next_due: timeText(nextDueMs) }),
    key_id: checkpoint.keyId,
    ...(nextKey === undefined ? {} : { next_key: { key_id: nextKey.keyId, public_key: nextKey.publicKey } }),
    ...(chain === undefined ? {} : { chain: { link: chain.linkNo, sha256: chain.sha256 } }),
    signature: checkpoint.signature,
  };
}

/** Base64 of the nodes one after another: half the length of hex. */
function partsText({ parts }: Checkpoint): string {
  return Buffer.from(parts.join(''), 'hex').toString('base64');
}
