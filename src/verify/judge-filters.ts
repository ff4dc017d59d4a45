import type { SignedCheckpoint } from '../proof/checkpoint.ts';
import type { CheckpointChain } from './checkpoint-chain.ts';
import { faultAt } from './fault.ts';
import type { Findings } from './finding.ts';

/** A filter's id in its two parts: what it chooses, and what it hides. */
interface FilterParts {
  readonly filter: string;
  readonly redaction: string;
}

/**
 * The first filter and redaction of a stream are taken as agreed, unless the agreed ones are given; each other one is a fault,
 * once.
 */
export function judgeFilters(
  chain: CheckpointChain,
  findings: Findings,
  acceptedFilters: readonly string[] | undefined,
): void {
  const filters = new Set<string>();
  const redactions = new Set<string>();
  const agree = (ids: readonly string[]): void => {
    for (const { filter, redaction } of ids.map(partsOf)) {
      filters.add(filter);
      redactions.add(redaction);
    }
  };
  agree(acceptedFilters ?? []);
  for (const { checkpoint } of chain.epochs.flatMap(({ checkpoints }) => checkpoints)) {
    if (filters.size === 0) agree(checkpoint.filters.slice(0, 1));
    tellNews(checkpoint, 'filter', filters, findings);
    tellNews(checkpoint, 'redaction', redactions, findings);
    agree(checkpoint.filters);
    const { stream, epoch, seq, leftOut } = checkpoint;
    if (leftOut > 0 && checkpoint.filters.every((id) => partsOf(id).filter === 'none')) {
      const message = `The checkpoint at number ${seq} tells of ${leftOut} records left out, and of no filter`;
      findings.add({ ...faultAt('filter_changed', stream, epoch, seq, message), count: leftOut });
    }
  }
}

function tellNews(
  { stream, epoch, seq, filters }: SignedCheckpoint,
  part: keyof FilterParts,
  known: ReadonlySet<string>,
  findings: Findings,
): void {
  const news = filters.filter((id) => !known.has(partsOf(id)[part]));
  if (news.length === 0) return;
  const what = part === 'filter' ? 'filter decides what is sent' : 'redaction decides what events show';
  const message = `From the checkpoint at number ${seq} on another ${what}: ${news.join(', ')} (known: ${[...known].join(', ')}); where that is agreed, say --accept-filter`;
  findings.add(faultAt(`${part}_changed`, stream, epoch, seq, message));
}

function partsOf(id: string): FilterParts {
  const [filter = id, redaction = 'none'] = id.split('+');
  return { filter, redaction };
}
