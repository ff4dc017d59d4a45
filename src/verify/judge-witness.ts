import type { SignedCheckpoint } from '../proof/checkpoint.ts';
import { faultAt } from './fault.ts';
import type { Findings } from './finding.ts';

/**
 * Takes checkpoints in order. They name the last link of the record chain of their store; a later one that names an earlier link, or
 * another link under the same number, tells that the records were put back to an earlier state. At a new epoch that is declared,
 * and only noted.
 */
export class WitnessJudge {
  #before: { readonly linkNo: number; readonly sha256: string; readonly epoch: string } | undefined;

  add({ chain, stream, epoch, seq }: SignedCheckpoint, findings: Findings): void {
    if (chain === undefined) return;
    const before = this.#before;
    const isBack =
      before !== undefined &&
      (chain.linkNo < before.linkNo || (chain.linkNo === before.linkNo && chain.sha256 !== before.sha256));
    if (before !== undefined && isBack) {
      const message = `The checkpoint at number ${seq} names link ${chain.linkNo} of the record chain, after one that named ${chain.linkNo === before.linkNo ? 'another link under this number' : `link ${before.linkNo}`}: the records were put back to an earlier state`;
      const finding = faultAt('fork', stream, epoch, seq, message);
      findings.add(before.epoch === epoch ? finding : { ...finding, severity: 'note' });
    }
    this.#before = { ...chain, epoch };
  }
}
