import type { CheckpointChain } from './checkpoint-chain.ts';
import { faultAt } from './fault.ts';
import type { Findings } from './finding.ts';

/** The first filter of a stream is taken as agreed, unless the agreed ones are given; each other one is a fault, once. */
export function judgeFilters(
  chain: CheckpointChain,
  findings: Findings,
  acceptedFilters: readonly string[] | undefined,
): void {
  let known = acceptedFilters;
  for (const { checkpoint } of chain.epochs.flatMap(({ checkpoints }) => checkpoints)) {
    const { stream, epoch, seq, filters, leftOut } = checkpoint;
    const agreed = known ?? filters.slice(0, 1);
    const news = filters.filter((id) => !agreed.includes(id));
    if (news.length > 0) {
      const message = `From the checkpoint at number ${seq} on another filter decides what is sent: ${news.join(', ')} (known: ${agreed.join(', ') || 'none yet'}); where that is agreed, say --accept-filter`;
      findings.add(faultAt('filter_changed', stream, epoch, seq, message));
    }
    if (filters.length > 0) known = [...agreed, ...news];
    if (leftOut > 0 && filters.every((id) => id === 'none')) {
      const message = `The checkpoint at number ${seq} tells of ${leftOut} records left out, and of no filter`;
      findings.add({ ...faultAt('filter_changed', stream, epoch, seq, message), count: leftOut });
    }
  }
}
