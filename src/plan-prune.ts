import type { ChainStore } from './outbox/chain-store.ts';
import type { PruneObstacle, PruningStore } from './outbox/pruning-store.ts';
import { linkSha256 } from './proof/chain-link.ts';
import type { PublicCheckpointKey } from './proof/checkpoint-key.ts';
import type { SignedPruneMark } from './proof/prune-mark.ts';
import { compareRecords } from './verify/compare-records.ts';
import { LinkProver } from './verify/prove-links.ts';
import { PrunedRanges } from './verify/pruned-ranges.ts';
import { readLinkedRecords } from './verify/read-linked-records.ts';
import { RecordDifferences } from './verify/record-differences.ts';
import { StoreFindings } from './verify/store-finding.ts';

/** What a prune would remove: whole links of the record chain, from where the last prune ended. */
export interface PrunePlan {
  readonly markNo: number;
  readonly fromRecordNo: number;
  readonly toRecordNo: number;
  readonly records: number;
  readonly links: number;
  readonly linkNo: number;
  readonly linkSha256: string;
  readonly recordedBeforeMs: number;
  readonly obstacles: readonly PruneObstacle[];
}

export interface PruneStores {
  readonly chain: ChainStore;
  readonly pruning: PruningStore;
}

const LINKS_AT_ONCE = 100;

/** What would go of the records whose link was made before `beforeMs`. Undefined: nothing. Changes nothing. */
export async function planPrune(
  { chain, pruning }: PruneStores,
  beforeMs: number,
): Promise<PrunePlan | undefined> {
  const last = (await chain.readPruneMarks()).at(-1);
  let records = 0;
  let links = 0;
  let end: Pick<PrunePlan, 'linkNo' | 'linkSha256' | 'toRecordNo'> | undefined;
  walk: for (let afterNo = last?.linkNo ?? 0; ;) {
    const page = await chain.readLinks(afterNo, LINKS_AT_ONCE);
    for (const link of page) {
      if (link.madeAtMs >= beforeMs) break walk;
      records += link.records;
      links += 1;
      end = { linkNo: link.linkNo, linkSha256: linkSha256(link), toRecordNo: link.toRecordNo };
    }
    if (page.length < LINKS_AT_ONCE) break;
    afterNo = page.at(-1)?.linkNo ?? afterNo;
  }
  if (end === undefined) return undefined;
  return {
    markNo: (last?.markNo ?? 0) + 1,
    fromRecordNo: (last?.toRecordNo ?? 0) + 1,
    ...end,
    records,
    links,
    recordedBeforeMs: beforeMs,
    obstacles: await pruning.obstacles(end.toRecordNo),
  };
}

/**
 * Holds what would be removed against its links, a last time: afterwards nobody can. Answers what stands against it; empty: the
 * records are as they were chained, and none is missing.
 */
export async function proveBeforePrune(
  chain: ChainStore,
  plan: PrunePlan,
  keys: readonly PublicCheckpointKey[],
  onProgress: (records: number) => void,
): Promise<StoreFindings> {
  const findings = new StoreFindings();
  const prover = new LinkProver(keys, findings);
  const marks: readonly SignedPruneMark[] = await chain.readPruneMarks();
  const pruned = new PrunedRanges(marks);
  const differences = new RecordDifferences();
  let records = 0;
  let lastNo = 0;
  while (prover.lastNo < plan.linkNo) {
    const page = await chain.readLinks(prover.lastNo, LINKS_AT_ONCE);
    if (page.length === 0) break;
    for (const link of page.filter(({ linkNo }) => linkNo <= plan.linkNo)) {
      const proven = prover.add(link);
      if (proven === undefined) continue;
      const compared = compareRecords(link, (await readLinkedRecords(chain, link)).records);
      const isPruned = pruned.takes(proven, compared.missing.length);
      differences.add(isPruned ? { ...compared, missing: [] } : compared);
      if (compared.differs) {
        const range = { from: link.fromRecordNo, to: link.toRecordNo, count: link.records };
        const message = `At least one of the records from number ${range.from} to ${range.to} has other content than was chained`;
        findings.fault('edited', 'record', message, range);
      }
      records += link.records;
      lastNo = compared.lastNo ?? lastNo;
      onProgress(records);
    }
  }
  differences.say(findings, lastNo);
  pruned.judge(prover, findings);
  if (prover.last?.sha256 !== plan.linkSha256)
    findings.fault(
      'tip_mismatch',
      'link',
      `Link ${plan.linkNo} is not proved, or is another one than planned`,
    );
  return findings;
}
