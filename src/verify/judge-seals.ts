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
  /** In order, those of its places among them. */
  readonly receipts: readonly SealedReceipt[];
}

/** Takes proven checkpoints in order, and holds the receipts of each against its seal. */
export class SealJudge {
  #unsealed = 0;
  #hasSealed = false;

  add(one: CheckpointSeal, findings: Findings): void {
    const { stream, epoch, seq } = one.proven.checkpoint;
    if (one.seal === undefined) {
      if (!this.#hasSealed) this.#unsealed += 1;
      else {
        const message = `What proved the receipts of the checkpoint at number ${seq} was removed`;
        findings.add(faultAt('unsigned', stream, epoch, seq, message));
      }
      return;
    }
    this.#hasSealed = true;
    judgeSeal(one, one.seal, findings);
    if (this.#unsealed === 0) return;
    const message = `The receipts of ${this.#unsealed} checkpoints before number ${seq} have the hashes that were signed; their other columns are not proved: an earlier release made them`;
    findings.add({ name: 'unproven', severity: 'note', stream, epoch, count: this.#unsealed, message });
    this.#unsealed = 0;
  }
}

function judgeSeal(
  { proven: { checkpoint, sha256, key }, isOld, receipts }: CheckpointSeal,
  seal: ReceiptSeal,
  findings: Findings,
): void {
  const { stream, epoch, seq } = checkpoint;
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
  for (const receipt of receipts) {
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
