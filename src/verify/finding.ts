/** What `verify` can find, in one word each. Stable: scripts read them. */
export type FindingName =
  /** Numbers are missing at the end of what the last checkpoint covers. */
  | 'truncated'
  /** Numbers are missing, and others after them are there. */
  | 'gap'
  /** The checkpoint that must be there (`--tip`) is not. */
  | 'tip_mismatch'
  /** What stands under a number is not what was sent under it. */
  | 'edited'
  /** The same event is there more than once. */
  | 'duplicate'
  /** The signature of a checkpoint was not made by the key that it names. */
  | 'wrong_key'
  /** A checkpoint names a key that is neither given nor named by a checkpoint before. */
  | 'unknown_key'
  /** The next checkpoint is overdue. */
  | 'stale'
  /** One number or one checkpoint is continued in two ways: the store was put back or copied. */
  | 'fork'
  /** A checkpoint without a signature, or one that cannot be read. */
  | 'unsigned'
  /** The filter that decides which records are events is another one. */
  | 'filter_changed'
  /** The same JSON in other bytes: what was sent cannot be proved of it. */
  | 'reserialised'
  /** No checkpoint speaks of it. */
  | 'unproven'
  /** The redaction that decides what events show is another one. */
  | 'redaction_changed'
  /** A decision without a signature, where a key for decisions was given. */
  | 'decision_unsigned'
  /** The signature of a decision does not fit what the event says, or was made by another key. */
  | 'decision_wrong_key'
  /** A decision names a key that was not given. */
  | 'decision_unknown_key'
  /** The signature of a decision speaks of something that the event does not hold. */
  | 'decision_unchecked';

export interface Finding {
  readonly name: FindingName;
  /** A `note` does not stand against completeness. */
  readonly severity: 'fault' | 'note';
  readonly stream: string;
  readonly epoch?: string;
  readonly fromSeq?: number;
  readonly toSeq?: number;
  /** Of places or events. */
  readonly count?: number;
  readonly message: string;
}

/** Findings of one name that are kept for each stream; the others are counted. */
const MAX_KEPT = 1_000;

/** Collects findings of a stream, bounded by name. */
export class Findings {
  readonly kept: Finding[] = [];
  readonly #counts = new Map<FindingName, number>();
  #faults = 0;

  add(finding: Finding): void {
    const count = (this.#counts.get(finding.name) ?? 0) + 1;
    this.#counts.set(finding.name, count);
    if (finding.severity === 'fault') this.#faults += 1;
    if (count <= MAX_KEPT) this.kept.push(finding);
  }

  /** The same so far, to be gone on with. */
  copy(): Findings {
    const copy = new Findings();
    copy.kept.push(...this.kept);
    for (const [name, count] of this.#counts) copy.#counts.set(name, count);
    copy.#faults = this.#faults;
    return copy;
  }

  addAll({ kept, counts, faults }: Findings): void {
    this.kept.push(...kept);
    for (const [name, count] of Object.entries(counts) as [FindingName, number][])
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
    this.#faults += faults;
  }

  get faults(): number {
    return this.#faults;
  }

  /** How many there are of each name, those not kept included. */
  get counts(): Readonly<Partial<Record<FindingName, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
