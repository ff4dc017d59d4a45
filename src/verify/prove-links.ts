import { type SignedLink, linkSha256, linkStatement } from '../proof/chain-link.ts';
import { type PublicCheckpointKey, readNextKey } from '../proof/checkpoint-key.ts';
import { isTextSignedBy } from '../proof/signed-text.ts';
import type { StoreFindings } from './store-finding.ts';

/** A link that a trusted key signed. */
export interface ProvenLink {
  readonly link: SignedLink;
  readonly sha256: string;
}

/** Takes links in the order of their numbers, and says where one does not follow the one before. */
export class LinkProver {
  readonly #trusted: Map<string, PublicCheckpointKey>;
  readonly #findings: StoreFindings;
  /** Of whatever row: proved or not. */
  #lastNo = 0;
  #last: ProvenLink | undefined;

  constructor(keys: readonly PublicCheckpointKey[], findings: StoreFindings) {
    this.#trusted = new Map(keys.map((key) => [key.keyId, key]));
    this.#findings = findings;
  }

  /** The last link that was proved. */
  get last(): ProvenLink | undefined {
    return this.#last;
  }

  /** The greatest number that a row of the chain has. */
  get lastNo(): number {
    return this.#lastNo;
  }

  get coveredNo(): number {
    return this.#last?.link.toRecordNo ?? 0;
  }

  trusted(keyId: string): PublicCheckpointKey | undefined {
    return this.#trusted.get(keyId);
  }

  add(link: SignedLink): ProvenLink | undefined {
    const findings = this.#findings;
    const { linkNo } = link;
    if (linkNo > this.#lastNo + 1) {
      const range = { from: this.#lastNo + 1, to: linkNo - 1 };
      const which =
        range.from === range.to ? `Link ${range.from} is` : `Links ${range.from} to ${range.to} are`;
      findings.fault('gap', 'link', `${which} missing: the row was removed from aegis_siem_chain`, range);
    }
    const isNext = linkNo === this.#lastNo + 1;
    this.#lastNo = linkNo;
    const own = { from: linkNo, to: linkNo };
    const key = this.#trusted.get(link.keyId);
    if (key === undefined) {
      const message = `Link ${linkNo} is signed with the key ${link.keyId}, which was not given`;
      findings.fault('unknown_key', 'link', message, own);
      return undefined;
    }
    if (!isTextSignedBy(linkStatement(link), link.signature, key)) {
      const message = `Link ${linkNo} was changed, or put there by somebody without the key ${link.keyId}`;
      findings.fault('wrong_key', 'link', message, own);
      return undefined;
    }
    this.#judgeOrder(link, isNext);
    const next = link.nextKey === undefined ? undefined : readNextKey(link.nextKey.publicKey);
    if (next !== undefined && next.keyId === link.nextKey?.keyId) this.#trusted.set(next.keyId, next);
    this.#last = { link, sha256: linkSha256(link) };
    return this.#last;
  }

  #judgeOrder({ linkNo, previous, fromRecordNo }: SignedLink, isNext: boolean): void {
    const findings = this.#findings;
    const before = this.#last;
    const own = { from: linkNo, to: linkNo };
    if (isNext && before !== undefined && before.link.linkNo === linkNo - 1 && previous !== before.sha256) {
      const message = `Link ${linkNo} does not follow the link ${linkNo - 1} that is there: both are signed, so the store was put back to an earlier state, or rows of another one were put in`;
      findings.fault('fork', 'link', message, own);
    }
    if (fromRecordNo <= this.coveredNo) {
      const message = `Link ${linkNo} covers again the records from number ${fromRecordNo}, which a link before it covers`;
      findings.fault('fork', 'link', message, own);
    } else if (fromRecordNo > this.coveredNo + 1) {
      const range = { from: this.coveredNo + 1, to: fromRecordNo - 1 };
      const message = `No proven link covers the records from number ${range.from} to ${range.to}: what stands there cannot be judged`;
      findings.fault('unproven', 'record', message, range);
    }
  }
}
