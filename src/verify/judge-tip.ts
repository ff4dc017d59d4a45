import { type SignedTip, tipStatement } from '../proof/chain-tip.ts';
import { isTextSignedBy } from '../proof/signed-text.ts';
import type { LinkProver } from './prove-links.ts';
import type { StoreFindings } from './store-finding.ts';

interface TipOptions {
  readonly asOfMs: number;
  readonly graceMs: number;
  readonly hasRecords: boolean;
}

/** Holds what the chain says of its own end against what is there. */
export function judgeTip(
  { tip, lastGivenNo }: { readonly tip?: SignedTip; readonly lastGivenNo: number },
  prover: LinkProver,
  { asOfMs, graceMs, hasRecords }: TipOptions,
  findings: StoreFindings,
): void {
  if (lastGivenNo < prover.coveredNo) {
    const message = `The chain covers records up to number ${prover.coveredNo}, and the counter of record numbers says ${lastGivenNo}: it was set back`;
    findings.fault('edited', 'record', message);
  }
  if (tip === undefined) {
    sayMissing(prover, lastGivenNo, hasRecords, findings);
    return;
  }
  const key = prover.trusted(tip.keyId);
  if (key === undefined) {
    const message = `What the chain says of its end is signed with the key ${tip.keyId}, which was not given`;
    findings.fault('unknown_key', 'tip', message);
    return;
  }
  if (!isTextSignedBy(tipStatement(tip), tip.signature, key)) {
    const message = 'What the chain says of its end was changed: aegis_siem_chain_tip has another signature';
    findings.fault('wrong_key', 'tip', message);
    return;
  }
  judgeEnd(tip, prover, findings);
  const { nextDueMs } = tip;
  if (nextDueMs === undefined || asOfMs <= nextDueMs + graceMs) return;
  const due = new Date(nextDueMs).toISOString();
  findings.fault(
    'stale',
    'tip',
    `The next word of the chain was due ${due}: no worker runs, or an older state of the chain was put back`,
  );
}

function judgeEnd(tip: SignedTip, prover: LinkProver, findings: StoreFindings): void {
  const { lastNo, last, coveredNo } = prover;
  if (tip.linkNo > lastNo) {
    const range = { from: lastNo + 1, to: tip.linkNo };
    const links =
      range.from === range.to ? `Link ${range.from} is` : `Links ${range.from} to ${range.to} are`;
    const records =
      tip.toRecordNo > coveredNo
        ? `; the records from number ${coveredNo + 1} to ${tip.toRecordNo} had a link`
        : '';
    findings.fault('truncated', 'link', `${links} missing at the end of the chain${records}`, range);
    return;
  }
  if (last === undefined || last.link.linkNo !== lastNo) return;
  if (tip.linkNo < lastNo || tip.sha256 !== last.sha256) {
    const message = `The chain ends at link ${lastNo} and says that it ends at another link ${tip.linkNo}: an older word was put back`;
    findings.fault('tip_mismatch', 'tip', message, { from: tip.linkNo, to: tip.linkNo });
  }
}

function sayMissing(
  prover: LinkProver,
  lastGivenNo: number,
  hasRecords: boolean,
  findings: StoreFindings,
): void {
  if (prover.lastNo > 0) {
    const message = `The chain has ${prover.lastNo} links and no word of its end: the row of aegis_siem_chain_tip was removed`;
    findings.fault('tip_mismatch', 'tip', message);
  } else if (hasRecords) {
    findings.fault(
      'unproven',
      'record',
      'There is no chain: no worker of this release has run on this store',
    );
  } else if (lastGivenNo > 0) {
    const message = `Numbers up to ${lastGivenNo} were given to records, and neither a record nor a link is there`;
    findings.fault('truncated', 'record', message);
  }
}
