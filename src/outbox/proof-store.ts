import type { ReceiptSeal } from '../proof/receipt-seal.ts';
import type { LaneLease } from './delivery-store.ts';

/** A signing key of checkpoints as it is kept: the private part sealed. */
export interface StoredCheckpointKey {
  readonly keyId: string;
  /** PKCS#8 in base64, sealed. */
  readonly sealed: string;
  /** SubjectPublicKeyInfo in base64. */
  readonly publicKey: string;
  readonly createdAtMs: number;
}

/** A checkpoint that was given a number. Whether it was delivered, its receipt says. */
export interface StoredCheckpoint {
  readonly destinationNo: number;
  readonly epochNo: number;
  readonly seq: number;
  /** The signed body, JSON. */
  readonly body: string;
  readonly madeAtMs: number;
  /** Of the receipts that it covers. Never sent. */
  readonly seal?: ReceiptSeal;
}

/** Where a reading of receipts goes on. */
export interface ReceiptCursor {
  readonly firstSeq: number;
  readonly receiptNo: number;
}

export interface FinishedQuery {
  readonly destinationNo: number;
  readonly epochNo: number;
  /** From the receipt that holds this number on. */
  readonly fromSeq: number;
  readonly after?: ReceiptCursor;
  readonly maxReceipts: number;
}

/** Of a receipt, what a checkpoint is made of. */
export interface FinishedReceipt extends ReceiptCursor {
  readonly places: number;
  /** 32 bytes a place. */
  readonly hashes: Uint8Array;
  readonly tombstones: readonly { readonly index: number; readonly untaken?: boolean }[];
  readonly isCheckpoint: boolean;
  readonly leftOut: number;
  readonly destinationVersion: number;
  /** Of all its columns; absent where the store keeps no seals. */
  readonly sha256?: Uint8Array;
}

/** What the proof of completeness needs of a store. */
export interface ProofStore {
  /** Newest first. */
  checkpointKeys(): Promise<readonly StoredCheckpointKey[]>;
  /** The newest checkpoint of a destination that was delivered, of whatever epoch. */
  lastCheckpoint(destinationNo: number): Promise<StoredCheckpoint | undefined>;
  readCheckpoint(destinationNo: number, epochNo: number, seq: number): Promise<StoredCheckpoint | undefined>;
  /**
   * Keeps a checkpoint before its batch is formed; one that was never formed is replaced by the next with its number. Older ones
   * of the destination that were made before `keepSinceMs` go, but for the newest of them and the last that was delivered.
   * False, and nothing is changed, where the lane is another's or has given the number away: what a late owner signed must not
   * take the place of what was sent.
   */
  saveCheckpoint(lease: LaneLease, checkpoint: StoredCheckpoint, keepSinceMs: number): Promise<boolean>;
  /** Receipts by first number, and of one number those without places first. */
  finishedPlaces(query: FinishedQuery): Promise<readonly FinishedReceipt[]>;
}
