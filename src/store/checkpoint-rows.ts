import type { FinishedReceipt, StoredCheckpoint, StoredCheckpointKey } from '../outbox/proof-store.ts';
import { bytes, integer, maybeJson, type StoredRow, text } from './column.ts';

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
  };
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
  };
}
