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
  | 'unproven';

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

  get faults(): number {
    return this.#faults;
  }

  /** How many there are of each name, those not kept included. */
  get counts(): Readonly<Partial<Record<FindingName, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
