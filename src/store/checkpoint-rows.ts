import type { StoredStream } from '../outbox/evidence-store.ts';
import type { FinishedReceipt, StoredCheckpoint, StoredCheckpointKey } from '../outbox/proof-store.ts';
import type { ReceiptSeal } from '../proof/receipt-seal.ts';
import type { StreamEnd } from './audit-facts.ts';
import { bytes, integer, maybeJson, maybeText, present, type StoredRow, text } from './column.ts';
import { receiptSha256Of } from './receipt-facts.ts';

export function checkpointKeyOf(row: StoredRow): StoredCheckpointKey {
  return {
    keyId: text(row, 'key_id'),
    sealed: text(row, 'sealed'),
    publicKey: text(row, 'public_key'),
    createdAtMs: integer(row, 'created_at'),
  };
}

export function checkpointOf(row: StoredRow): StoredCheckpoint {
  return {
    destinationNo: integer(row, 'destination_no'),
    epochNo: integer(row, 'epoch_no'),
    seq: integer(row, 'seq'),
    body: text(row, 'body'),
    madeAtMs: integer(row, 'made_at'),
    ...present('seal', sealOf(row)),
  };
}

/** A seal that was changed by hand is read as one that fits nothing. */
function sealOf(row: StoredRow): ReceiptSeal | undefined {
  const stored = maybeText(row, 'receipt_seal');
  if (stored === undefined) return undefined;
  const [receipts = '', root = '', keyId = '', signature = ''] = stored.split(' ');
  const index = row['receipt_index'];
  return {
    receipts: Number(receipts),
    root,
    index: index instanceof Uint8Array ? index : new Uint8Array(),
    keyId,
    signature,
  };
}

/** `COUNT ROOT KEY_ID SIGNATURE`. */
export function sealText({ receipts, root, keyId, signature }: ReceiptSeal): string {
  return `${receipts} ${root} ${keyId} ${signature}`;
}

export function finishedReceiptOf(row: StoredRow): FinishedReceipt {
  return {
    firstSeq: integer(row, 'first_seq'),
    receiptNo: integer(row, 'receipt_no'),
    places: integer(row, 'places'),
    hashes: bytes(row, 'hashes'),
    tombstones: (maybeJson(row, 'tombstones') ?? []) as FinishedReceipt['tombstones'],
    isCheckpoint: integer(row, 'is_checkpoint') === 1,
    leftOut: integer(row, 'left_out'),
    destinationVersion: integer(row, 'destination_version'),
    sha256: receiptSha256Of(row),
  };
}

export function storedStreamOf(row: StoredRow): StoredStream {
  const state = text(row, 'state');
  return {
    destinationNo: integer(row, 'destination_no'),
    destinationId: text(row, 'destination_id'),
    streamId: text(row, 'stream_id'),
    epochNo: integer(row, 'epoch_no'),
    epoch: text(row, 'epoch'),
    finishedBelow: integer(row, 'finished_below'),
    isLive: state === 'active' || state === 'paused',
    isDeleted: state === 'deleted',
  };
}

/** Of a destination's lane, which is made with it. */
export function streamEndOf(lane: StoredRow | undefined): StreamEnd {
  if (lane === undefined) throw new Error('A destination has no lane');
  return {
    streamId: text(lane, 'stream_id'),
    epoch: text(lane, 'epoch'),
    lastSeq: integer(lane, 'next_seq') - 1,
  };
}
