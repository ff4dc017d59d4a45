import type { SignedCheckpoint } from '../proof/checkpoint.ts';
import { faultAt } from './fault.ts';
import type { Findings } from './finding.ts';

/** A filter's id in its two parts: what it chooses, and what it hides. */
interface FilterParts {
  readonly filter: string;
  readonly redaction: string;
}

/**
 * Takes checkpoints in order. The first filter and redaction of a stream are taken as agreed, unless the agreed ones are given; each
 * other one is a fault, once.
 */
export class FilterJudge {
  readonly #filters = new Set<string>();
  readonly #redactions = new Set<string>();

  constructor(acceptedFilters: readonly string[] | undefined) {
    this.#agree(acceptedFilters ?? []);
  }

  add(checkpoint: SignedCheckpoint, findings: Findings): void {
    if (this.#filters.size === 0) this.#agree(checkpoint.filters.slice(0, 1));
    tellNews(checkpoint, 'filter', this.#filters, findings);
    tellNews(checkpoint, 'redaction', this.#redactions, findings);
    this.#agree(checkpoint.filters);
    const { stream, epoch, seq, leftOut } = checkpoint;
    if (leftOut > 0 && checkpoint.filters.every((id) => partsOf(id).filter === 'none')) {
      const message = `The checkpoint at number ${seq} tells of ${leftOut} records left out, and of no filter`;
      findings.add({ ...faultAt('filter_changed', stream, epoch, seq, message), count: leftOut });
    }
  }

  #agree(ids: readonly string[]): void {
    for (const { filter, redaction } of ids.map(partsOf)) {
      this.#filters.add(filter);
      this.#redactions.add(redaction);
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
