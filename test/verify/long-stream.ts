import { createHash } from 'node:crypto';
import { checkpointBody } from '../../src/proof/checkpoint-body.ts';
import { signCheckpoint } from '../../src/proof/checkpoint-key.ts';
import { CheckpointRange } from '../../src/proof/checkpoint-range.ts';
import { checkpointSha256 } from '../../src/proof/checkpoint-statement.ts';
import type { CheckpointLink } from '../../src/proof/checkpoint.ts';
import type { StoreCheckpoint, StoreStream, StreamSource } from '../../src/verify/judge-store-stream.ts';
import type { StoreReceipt } from '../../src/verify/receipt-window.ts';
import { KEYS } from './stream-world.ts';

/** Places of one receipt, and a checkpoint after each: as many nodes of the tree as a checkpoint carries. */
const PLACES = 64;
const MADE_AT_MS = 1_795_000_000_000;

export const LONG_STREAM: StoreStream = {
  destinationNo: 1,
  destinationId: '00000000-0000-4000-8000-000000000001',
  streamId: '00000000-0000-4000-8000-000000000002',
  epochNo: 1,
  epoch: '0000000000000001',
  isLive: false,
  isDeleted: false,
  finishedBelow: 1,
};

/** A stored stream with so many checkpoints, made while it is read: nothing of it is kept. */
export function longStream(checkpoints: number): StreamSource {
  const makeCheckpoint = checkpointMaker();
  let made = 0;
  return {
    checkpoints: ({ maxCheckpoints }) => {
      const from = made;
      made = Math.min(from + maxCheckpoints, checkpoints);
      return Promise.resolve(
        Array.from({ length: made - from }, (_, index) => makeCheckpoint(from + index + 1)),
      );
    },
    finishedPlaces: ({ after, maxReceipts }) => {
      // Numbers of receipts go on without a gap: two to a checkpoint.
      const from = after?.receiptNo ?? 0;
      const to = Math.min(from + maxReceipts, 2 * checkpoints);
      return Promise.resolve(Array.from({ length: to - from }, (_, index) => receiptOf(from + index + 1)));
    },
  };
}

/** In order, each following the one before. */
function checkpointMaker(): (made: number) => StoreCheckpoint {
  let previous: CheckpointLink | undefined;
  return (made) => {
    const seq = made * (PLACES + 1);
    const range = new CheckpointRange(Math.max(1, seq - PLACES - 1));
    for (const receiptNo of made === 1 ? [1] : [2 * made - 2, 2 * made - 1])
      range.add({ ...receiptOf(receiptNo), leftOut: 0, filter: 'none' });
    const checkpoint = signCheckpoint(
      {
        stream: LONG_STREAM.streamId,
        epoch: LONG_STREAM.epoch,
        seq,
        ...range.summary('none'),
        ...(previous === undefined ? {} : { previous }),
        madeAtMs: MADE_AT_MS + made * 300_000,
        keyId: KEYS[0].keyId,
      },
      KEYS[0],
    );
    previous = { epoch: checkpoint.epoch, seq, sha256: checkpointSha256(checkpoint) };
    return { epochNo: 1, seq, body: JSON.stringify(checkpointBody(checkpoint)) };
  };
}

/** Odd numbers are events, even ones the checkpoint after them. */
function receiptOf(receiptNo: number): StoreReceipt {
  const isCheckpoint = receiptNo % 2 === 0;
  const pair = Math.ceil(receiptNo / 2);
  const firstSeq = isCheckpoint ? pair * (PLACES + 1) : (pair - 1) * (PLACES + 1) + 1;
  const places = isCheckpoint ? 1 : PLACES;
  const hashes = Buffer.concat(
    Array.from({ length: places }, (_, index) =>
      createHash('sha256')
        .update(`${firstSeq + index}`)
        .digest(),
    ),
  );
  return { receiptNo, firstSeq, places, hashes, tombstones: [], isCheckpoint };
}
