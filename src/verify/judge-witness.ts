import type { CheckpointChain } from './checkpoint-chain.ts';
import { faultAt } from './fault.ts';
import type { Findings } from './finding.ts';

/**
 * Checkpoints name the last link of the record chain of their store. A later one that names an earlier link, or another link under
 * the same number, tells that the records were put back to an earlier state. At a new epoch that is declared, and only noted.
 */
export function judgeWitness({ epochs }: CheckpointChain, findings: Findings): void {
  let before: { readonly linkNo: number; readonly sha256: string; readonly epoch: string } | undefined;
  for (const { checkpoint } of epochs.flatMap(({ checkpoints }) => checkpoints)) {
    const { chain, stream, epoch, seq } = checkpoint;
    if (chain === undefined) continue;
    const isBack =
      before !== undefined &&
      (chain.linkNo < before.linkNo || (chain.linkNo === before.linkNo && chain.sha256 !== before.sha256));
    if (before !== undefined && isBack) {
      const message = `The checkpoint at number ${seq} names link ${chain.linkNo} of the record chain, after one that named ${chain.linkNo === before.linkNo ? 'another link under this number' : `link ${before.linkNo}`}: the records were put back to an earlier state`;
      const finding = faultAt('fork', stream, epoch, seq, message);
      findings.add(before.epoch === epoch ? finding : { ...finding, severity: 'note' });
    }
    before = { ...chain, epoch };
  }
}
