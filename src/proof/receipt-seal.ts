import { hash } from 'node:crypto';
import type { CheckpointKey } from './checkpoint-key.ts';
import { MerkleTree } from './merkle-tree.ts';
import { encodeIndex, markOf } from './number-index.ts';
import { signText } from './signed-text.ts';

/** A receipt as a seal takes it. */
export interface SealableReceipt {
  readonly receiptNo: number;
  readonly firstSeq: number;
  readonly places: number;
  /** Of the text that stands for it. */
  readonly sha256: Uint8Array;
}

/**
 * What a store keeps beside a checkpoint, and never sends: that the receipts of the places that it covers are as they were, in
 * every column. The checkpoint itself proves the hashes of the events alone.
 */
export interface ReceiptSeal {
  readonly receipts: number;
  /** Merkle tree hash over the receipts, by first number and receipt number, in hex. */
  readonly root: string;
  /** Receipt number and mark of each. */
  readonly index: Uint8Array;
  readonly keyId: string;
  /** Ed25519 over the statement, in base64. */
  readonly signature: string;
}

/** The checkpoint that seals a receipt is the one that covers its last place; without places, the one of the number that it was formed at. */
export function isSealedBy(
  { firstSeq, places }: Pick<SealableReceipt, 'firstSeq' | 'places'>,
  { fromSeq, toSeq }: { readonly fromSeq: number; readonly toSeq: number },
): boolean {
  const lastSeq = firstSeq + Math.max(places, 1) - 1;
  return lastSeq >= fromSeq && lastSeq <= toSeq;
}

export function sealStatement(
  { receipts, root, index, keyId }: Omit<ReceiptSeal, 'signature'>,
  checkpointSha256: string,
): string {
  return `aegis-siem receipts 1
checkpoint ${checkpointSha256}
receipts ${receipts}
root ${root}
index ${hash('sha256', index)}
key_id ${keyId}
`;
}

/** `receipts` in the order of their first numbers, and of one number by receipt number. */
export function sealReceipts(
  receipts: readonly SealableReceipt[],
  checkpointSha256: string,
  key: CheckpointKey,
): ReceiptSeal {
  const seal = {
    receipts: receipts.length,
    root: receiptRoot(receipts),
    index: encodeIndex(receipts.map(({ receiptNo, sha256 }) => ({ no: receiptNo, mark: markOf(sha256) }))),
    keyId: key.keyId,
  };
  return { ...seal, signature: signText(sealStatement(seal, checkpointSha256), key) };
}

export function receiptRoot(receipts: readonly Pick<SealableReceipt, 'sha256'>[]): string {
  const tree = new MerkleTree();
  for (const { sha256 } of receipts) tree.add(sha256);
  return Buffer.from(tree.root()).toString('hex');
}
