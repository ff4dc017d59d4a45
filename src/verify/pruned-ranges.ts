import { pruneStatement, type SignedPruneMark } from '../proof/prune-mark.ts';
import { isTextSignedBy } from '../proof/signed-text.ts';
import type { LinkProver, ProvenLink } from './prove-links.ts';
import type { StoreFindings } from './store-finding.ts';

/** What the marks of a store say was removed, held against what is missing. */
export class PrunedRanges {
  readonly #marks: readonly SignedPruneMark[];
  /** Of each mark: records of its links that are not there, and the links themselves. */
  readonly #missing = new Map<SignedPruneMark, number>();
  readonly #present = new Map<SignedPruneMark, number>();
  readonly #lastLinks = new Map<SignedPruneMark, string>();

  constructor(marks: readonly SignedPruneMark[]) {
    this.#marks = marks.toSorted((a, b) => a.toRecordNo - b.toRecordNo);
  }

  /** True where a mark speaks of the whole link: what is missing of it is then judged with the mark. */
  takes({ link, sha256 }: ProvenLink, missing: number): boolean {
    const mark = this.#marks.find(
      ({ fromRecordNo, toRecordNo }) => fromRecordNo <= link.fromRecordNo && link.toRecordNo <= toRecordNo,
    );
    if (mark === undefined) return false;
    this.#missing.set(mark, (this.#missing.get(mark) ?? 0) + missing);
    this.#present.set(mark, (this.#present.get(mark) ?? 0) + link.records - missing);
    if (link.linkNo === mark.linkNo) this.#lastLinks.set(mark, sha256);
    return true;
  }

  /** Once every link was walked over: only then is it known which keys they vouch for. Answers what was removed by marks that hold. */
  judge(prover: LinkProver, findings: StoreFindings): number {
    let removed = 0;
    for (const mark of this.#marks) {
      const missing = this.#missing.get(mark) ?? 0;
      const isProven = this.#judgeMark(mark, prover, findings);
      const range = { from: mark.fromRecordNo, to: mark.toRecordNo, count: missing };
      if (!isProven) {
        if (missing === 0) continue;
        const message = `${missing} records with numbers ${range.from} to ${range.to} are missing, and the mark that says they were removed on purpose does not hold`;
        findings.fault('gap', 'record', message, range);
        continue;
      }
      removed += missing;
      findings.add({
        name: 'pruned',
        subject: 'record',
        severity: 'note',
        fromNo: range.from,
        toNo: range.to,
        count: missing,
        message: saidOf(mark, missing, this.#present.get(mark) ?? 0),
      });
    }
    return removed;
  }

  #judgeMark(mark: SignedPruneMark, prover: LinkProver, findings: StoreFindings): boolean {
    const own = { from: mark.markNo, to: mark.markNo };
    const key = prover.trusted(mark.keyId);
    if (key === undefined) {
      const message = `Prune mark ${mark.markNo} is signed with the key ${mark.keyId}, which was not given`;
      findings.fault('unknown_key', 'mark', message, own);
      return false;
    }
    if (!isTextSignedBy(pruneStatement(mark), mark.signature, key)) {
      const message = `Prune mark ${mark.markNo} was changed, or put there by somebody without the key ${mark.keyId}`;
      findings.fault('wrong_key', 'mark', message, own);
      return false;
    }
    if (this.#lastLinks.get(mark) === mark.linkSha256) return true;
    const message = `Prune mark ${mark.markNo} speaks of another link ${mark.linkNo} than the one that is there: it is of another state of the store`;
    findings.fault('fork', 'mark', message, own);
    return false;
  }
}

function saidOf(mark: SignedPruneMark, missing: number, present: number): string {
  const when = new Date(mark.madeAtMs).toISOString();
  const left =
    present === 0 ? '' : `; ${present} of them are still there: run "attestations prune" again to finish`;
  return `${missing} records with numbers ${mark.fromRecordNo} to ${mark.toRecordNo} were removed on purpose by ${mark.actor}, ${when}, and their links stay${left}`;
}
