import type { IndexEntry } from '../proof/number-index.ts';
import type { ComparedRecords, PresentRecord } from './compare-records.ts';
import type { StoreFindings } from './store-finding.ts';

/** Differences that are held until the end, to see which records only changed their places. */
const MAX_HELD = 100_000;

/** Gathers what comparisons found, over all links, and says it in the end. */
export class RecordDifferences {
  readonly #missing: IndexEntry[] = [];
  readonly #inserted: PresentRecord[] = [];
  readonly #changed: { readonly present: PresentRecord; readonly mark: string }[] = [];
  #notHeld = 0;

  add({ missing, inserted, changed }: ComparedRecords): void {
    const held = this.#missing.length + this.#inserted.length + this.#changed.length;
    if (held > MAX_HELD) {
      this.#notHeld += missing.length + inserted.length + changed.length;
      return;
    }
    this.#missing.push(...missing);
    this.#inserted.push(...inserted);
    this.#changed.push(...changed);
  }

  /** `lastNo`: the last number that a proven link has a record for. */
  say(findings: StoreFindings, lastNo: number): void {
    const recordedAs = new Map([
      ...this.#missing.map(({ mark, no }) => [mark, no] as const),
      ...this.#changed.map(({ mark, present: { no } }) => [mark, no] as const),
    ]);
    const moved = new Set<number>();
    const sayMoved = (record: PresentRecord): boolean => {
      const from = recordedAs.get(record.mark);
      if (from === undefined) return false;
      moved.add(from);
      const message = `${nameOf(record)} stands under number ${record.no} and was recorded under number ${from}`;
      findings.fault('reordered', 'record', message, { from: record.no, to: record.no });
      return true;
    };
    for (const { present } of this.#changed) {
      if (sayMoved(present)) continue;
      const message = `${nameOf(present)}, number ${present.no}, has other content than was recorded under this number`;
      findings.fault('edited', 'record', message, { from: present.no, to: present.no });
    }
    for (const record of this.#inserted) {
      if (sayMoved(record)) continue;
      const message = `${nameOf(record)} stands under number ${record.no}, which had no record when it was chained`;
      findings.fault('inserted', 'record', message, { from: record.no, to: record.no });
    }
    sayMissing(
      this.#missing.filter(({ no }) => !moved.has(no)),
      findings,
      lastNo,
    );
    if (this.#notHeld > 0) {
      const message = `${this.#notHeld} further records are missing, were put in or have other content`;
      findings.add({ name: 'edited', subject: 'record', severity: 'fault', count: this.#notHeld, message });
    }
  }
}

/** Runs of numbers, whatever lies between them without a record; the run at the end is `truncated`. */
function sayMissing(missing: readonly IndexEntry[], findings: StoreFindings, lastNo: number): void {
  const runs: { from: number; to: number; count: number }[] = [];
  for (const { no } of missing) {
    const run = runs.at(-1);
    if (run !== undefined && no === run.to + 1) {
      run.to = no;
      run.count += 1;
    } else runs.push({ from: no, to: no, count: 1 });
  }
  for (const run of runs) {
    const which = run.from === run.to ? `Record ${run.from} is` : `Records ${run.from} to ${run.to} are`;
    const isEnd = run.to === lastNo;
    const where = isEnd ? ', and no chained record is there after' : '';
    findings.fault(isEnd ? 'truncated' : 'gap', 'record', `${which} missing${where}`, run);
  }
}

function nameOf({ kind, id }: PresentRecord): string {
  return kind === 'attestation' ? `Attestation ${id}` : `Event ${id}`;
}
