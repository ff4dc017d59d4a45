import type { DecisionVerdict } from '../proof/judge-decision.ts';
import type { ChainedRecord } from '../proof/record-text.ts';
import type { StoreFindings } from './store-finding.ts';

/** Holds the signature of a recorded decision against the keys that were pinned. */
export type CheckRecordDecision = (record: ChainedRecord) => DecisionVerdict;

/** Decisions after each other of which the same is to be said. */
interface Run {
  readonly found: Exclude<DecisionVerdict['found'], 'proved'>;
  readonly message: string;
  readonly from: number;
  readonly firstId: string;
  to: number;
  count: number;
}

/** The signatures of the decisions of a store, taken down while its records are gone over. */
export class RecordDecisions {
  readonly #check: CheckRecordDecision | undefined;
  readonly #findings: StoreFindings;
  #run: Run | undefined;
  #proved = 0;
  #unchecked = 0;

  /** Without `check` nothing is looked at. */
  constructor(check: CheckRecordDecision | undefined, findings: StoreFindings) {
    this.#check = check;
    this.#findings = findings;
  }

  get proved(): number {
    return this.#proved;
  }

  get unchecked(): number {
    return this.#unchecked;
  }

  add(record: ChainedRecord): void {
    if (this.#check === undefined || record.kind !== 'attestation') return;
    const verdict = this.#check(record);
    if (verdict.found === 'proved') {
      this.#proved += 1;
      this.end();
      return;
    }
    const { found, message } = verdict;
    if (found === 'unchecked') this.#unchecked += 1;
    const run = this.#run;
    if (run?.found === found && run.message === message) {
      run.to = record.recordNo;
      run.count += 1;
      return;
    }
    this.end();
    this.#run = { found, message, from: record.recordNo, firstId: record.id, to: record.recordNo, count: 1 };
  }

  /** Says what is still to be said. */
  end(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    const { found, from, to, count } = run;
    const who =
      count === 1
        ? `The decision of attestation ${run.firstId}, number ${from},`
        : `Each of the ${count} decisions from number ${from} to ${to}`;
    this.#findings.add({
      name: `decision_${found}`,
      subject: 'record',
      severity: found === 'unchecked' ? 'note' : 'fault',
      fromNo: from,
      toNo: to,
      count,
      message: `${who} ${run.message}`,
    });
  }
}
