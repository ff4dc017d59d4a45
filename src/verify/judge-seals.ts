import { isTextSignedBy } from '../proof/signed-text.ts';
import { decodeIndex, markOf } from '../proof/number-index.ts';
import { isSealedBy, receiptRoot, type ReceiptSeal, sealStatement } from '../proof/receipt-seal.ts';
import { faultAt } from './fault.ts';
import type { Findings } from './finding.ts';
import type { ProvenCheckpoint } from './prove-checkpoints.ts';

export interface SealedReceipt {
  readonly receiptNo: number;
  readonly firstSeq: number;
  readonly places: number;
  readonly sha256?: Uint8Array;
}

/** A proven checkpoint with what the store keeps beside it. */
export interface CheckpointSeal {
  readonly proven: ProvenCheckpoint;
  readonly seal?: ReceiptSeal;
  /** Receipts may have gone by age: those that are there must still be as they were. */
  readonly isOld: boolean;
  /** The receipts of its places, from that of its first number on. */
  readonly receipts: () => AsyncIterable<SealedReceipt>;
}

/** Holds the receipts of each checkpoint against its seal, checkpoint by checkpoint. */
export async function judgeSeals(seals: Iterable<CheckpointSeal>, findings: Findings): Promise<void> {
  let [unsealed, hasSealed] = [0, false];
  for (const one of seals) {
    const { stream, epoch, seq } = one.proven.checkpoint;
    if (one.seal !== undefined) {
      hasSealed = true;
      await judgeSeal(one, one.seal, findings);
    } else if (hasSealed) {
      const message = `What proved the receipts of the checkpoint at number ${seq} was removed`;
      findings.add(faultAt('unsigned', stream, epoch, seq, message));
    } else unsealed += 1;
    if (one.seal !== undefined && unsealed > 0) {
      const message = `The receipts of ${unsealed} checkpoints before number ${seq} have the hashes that were signed; their other columns are not proved: an earlier release made them`;
      findings.add({ name: 'unproven', severity: 'note', stream, epoch, count: unsealed, message });
      unsealed = 0;
    }
  }
}

async function judgeSeal(
  { proven: { checkpoint, sha256, key }, isOld, receipts }: CheckpointSeal,
  seal: ReceiptSeal,
  findings: Findings,
): Promise<void> {
  const { stream, epoch, seq, toSeq } = checkpoint;
  const say = (name: 'edited' | 'gap' | 'wrong_key', at: number, message: string): void =>
    findings.add(faultAt(name, stream, epoch, at, message));
  const index = decodeIndex(seal.index);
  if (!isTextSignedBy(sealStatement(seal, sha256), seal.signature, key) || index === undefined) {
    say('wrong_key', seq, `What proves the receipts of the checkpoint at number ${seq} was changed`);
    return;
  }
  const expected = new Map(index.map(({ no, mark }) => [no, mark]));
  const faultsBefore = findings.faults;
  const present: { sha256: Uint8Array }[] = [];
  for await (const receipt of receipts()) {
    if (receipt.firstSeq > toSeq) break;
    if (receipt.sha256 === undefined || !isSealedBy(receipt, checkpoint)) continue;
    const { receiptNo, firstSeq } = receipt;
    const mark = expected.get(receiptNo);
    if (mark === undefined)
      say('edited', firstSeq, `Receipt ${receiptNo}, of number ${firstSeq}, was put in after its checkpoint`);
    else if (mark !== markOf(receipt.sha256))
      say('edited', firstSeq, `Receipt ${receiptNo}, of number ${firstSeq}, was changed`);
    expected.delete(receiptNo);
    present.push({ sha256: receipt.sha256 });
  }
  if (isOld) return;
  for (const receiptNo of expected.keys())
    say('gap', seq, `Receipt ${receiptNo}, covered by the checkpoint at number ${seq}, is missing`);
  if (findings.faults === faultsBefore && receiptRoot(present) !== seal.root)
    say('edited', seq, `At least one receipt of the checkpoint at number ${seq} was changed`);
}
