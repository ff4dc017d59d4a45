/** What `verify --store` can find in a store, in one word each. Stable: scripts read them. */
export type StoreFindingName =
  /** What stands there is not what was chained, sealed or signed. */
  | 'edited'
  /** It was chained, and is not there; others after it are. */
  | 'gap'
  /** It is not there, and nothing after it is: the end was cut off. */
  | 'truncated'
  /** It stands under a number that the chain knows without a record. */
  | 'inserted'
  /** It stands under another number than the one it was recorded under. */
  | 'reordered'
  /** A signature was not made by the key that it names: the row was changed or put there. */
  | 'wrong_key'
  /** Signed with a key that is neither given nor vouched for. */
  | 'unknown_key'
  /** The chain goes on in two ways: the store was put back to an earlier state, or copied. */
  | 'fork'
  /** What the chain says of its end is not there or not true; or the link of `--tip` is not there. */
  | 'tip_mismatch'
  /** The next word of the chain is overdue. */
  | 'stale'
  /** A trigger that keeps rows as they are is gone, disabled or another one. */
  | 'trigger_dropped'
  /** Nothing speaks of it. */
  | 'unproven'
  /** It was removed on purpose, and a signed mark says so: a note. */
  | 'pruned'
  /** With keys for decisions: a decision without a signature. */
  | 'decision_unsigned'
  /** Its signature does not fit the record, or was made by another key. */
  | 'decision_wrong_key'
  /** It names a key that was not given. */
  | 'decision_unknown_key'
  /** Its signature is of a form that cannot be checked: a note. */
  | 'decision_unchecked';

export type StoreSubject = 'record' | 'link' | 'tip' | 'trigger' | 'receipt' | 'mark';

export interface StoreFinding {
  readonly name: StoreFindingName;
  readonly subject: StoreSubject;
  /** A `note` does not stand against the store. */
  readonly severity: 'fault' | 'note';
  /** Numbers of records, links or receipts. */
  readonly fromNo?: number;
  readonly toNo?: number;
  readonly count?: number;
  readonly message: string;
}

/** Findings that are kept; the others are counted. */
const MAX_KEPT = 1_000;

/** Collects what is found in a store, bounded. */
export class StoreFindings {
  readonly kept: StoreFinding[] = [];
  readonly #counts = new Map<StoreFindingName, number>();
  #faults = 0;

  add(finding: StoreFinding): void {
    this.#counts.set(finding.name, (this.#counts.get(finding.name) ?? 0) + 1);
    if (finding.severity === 'fault') this.#faults += 1;
    if (this.kept.length < MAX_KEPT) this.kept.push(finding);
  }

  /** A fault of one thing, or of a run of them. */
  fault(
    name: StoreFindingName,
    subject: StoreSubject,
    message: string,
    range?: { readonly from: number; readonly to: number; readonly count?: number },
  ): void {
    const numbers =
      range === undefined
        ? {}
        : { fromNo: range.from, toNo: range.to, count: range.count ?? range.to - range.from + 1 };
    this.add({ name, subject, severity: 'fault', ...numbers, message });
  }

  get faults(): number {
    return this.#faults;
  }

  get counts(): Readonly<Partial<Record<StoreFindingName, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
