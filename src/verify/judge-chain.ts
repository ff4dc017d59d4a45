import type { SignedLink } from '../proof/chain-link.ts';
import type { SignedTip } from '../proof/chain-tip.ts';
import type { PublicCheckpointKey } from '../proof/checkpoint-key.ts';
import type { SignedPruneMark } from '../proof/prune-mark.ts';
import type { ChainedRecord } from '../proof/record-text.ts';
import { compareRecords, type ComparedRecords } from './compare-records.ts';
import { judgeTip } from './judge-tip.ts';
import { LinkProver, type ProvenLink } from './prove-links.ts';
import { PrunedRanges } from './pruned-ranges.ts';
import { type Deletion, readDeletion, type ToldDeletion } from './read-deletion.ts';
import { readLinkedRecords, type RecordSource, recordsIn } from './read-linked-records.ts';
import { type CheckRecordDecision, RecordDecisions } from './record-decisions.ts';
import { RecordDifferences } from './record-differences.ts';
import { StoreFindings } from './store-finding.ts';

/** What is read of a store: never all of it at once. */
export interface ChainSource extends RecordSource {
  readHead(): Promise<{ readonly tip?: SignedTip; readonly lastGivenNo: number }>;
  readLinks(afterLinkNo: number, maxLinks: number): Promise<readonly SignedLink[]>;
  readPruneMarks(): Promise<readonly SignedPruneMark[]>;
}

export interface ChainOptions {
  readonly keys: readonly PublicCheckpointKey[];
  readonly asOfMs: number;
  /** A record may wait so much for its link, and the chain's next word so much after its promise. */
  readonly graceMs: number;
  /** SHA-256 of links that must be there. */
  readonly tips?: readonly string[];
  /** Given, the signature of each decision is held against the keys that it knows. */
  readonly checkDecision?: CheckRecordDecision;
  /** Ids of destinations that are gone: what the chain tells of their deletion is gathered. */
  readonly goneDestinations?: ReadonlySet<string>;
  readonly onProgress?: (records: number) => void;
}

export interface ChainVerdict {
  readonly complete: boolean;
  readonly links: number;
  /** Records that proven links cover, those that were pruned among them. */
  readonly records: number;
  /** Records that were removed on purpose, under marks that hold. */
  readonly pruned: number;
  /** Records that no link covers yet. */
  readonly waiting: number;
  /** The longest time that passed between the recording of a record and its link: what happened in it is not proved. */
  readonly longestWaitMs: number;
  readonly firstMadeAtMs?: number;
  /** The end of what is proved. */
  readonly last?: ProvenLink;
  /** Decisions whose signature is proved, and those whose signature cannot be checked; 0 without keys for them. */
  readonly provedDecisions: number;
  readonly uncheckedDecisions: number;
  /** By destination: records that are as they were chained, and say that it was deleted. */
  readonly deletions: ReadonlyMap<string, Deletion>;
  /** Values of `tips` that are links of this chain. */
  readonly foundTips: readonly string[];
  readonly findings: StoreFindings;
}

const LINKS_AT_ONCE = 100;

/**
 * Judges the records of a store by its chain. Rejects when the store fails. Records that are pruned meanwhile are missing under a
 * mark that was not known when their links were read: then it is all judged once more.
 */
export async function judgeChain(source: ChainSource, options: ChainOptions): Promise<ChainVerdict> {
  for (;;) {
    const marks = await source.readPruneMarks();
    const verdict = await judgeUnder(marks, source, options);
    if ((await source.readPruneMarks()).length <= marks.length) return verdict;
  }
}

async function judgeUnder(
  marks: readonly SignedPruneMark[],
  source: ChainSource,
  options: ChainOptions,
): Promise<ChainVerdict> {
  const walk = new ChainWalk(source, options, new PrunedRanges(marks));
  let head = await walk.toTheEnd();
  // Links may come while this runs: those that the tip names must be there when they are asked for once more.
  for (let askedNo = -1; (head.tip?.linkNo ?? 0) > walk.prover.lastNo && head.tip?.linkNo !== askedNo;) {
    askedNo = head.tip?.linkNo ?? 0;
    head = await walk.toTheEnd();
  }
  const { findings, prover, foundTips, links, records, longestWaitMs, firstMadeAtMs, decisions } = walk;
  walk.sayDifferences();
  const pruned = walk.judgePruned();
  const waiting = await judgeWaiting(source, prover.coveredNo, options, findings, (record) =>
    decisions.add(record),
  );
  decisions.end();
  judgeTip(head, prover, { ...options, hasRecords: records + waiting > 0 }, findings);
  return {
    complete: findings.faults === 0,
    links,
    records,
    pruned,
    waiting,
    longestWaitMs,
    ...(firstMadeAtMs === undefined ? {} : { firstMadeAtMs }),
    ...(prover.last === undefined ? {} : { last: prover.last }),
    provedDecisions: decisions.proved,
    uncheckedDecisions: decisions.unchecked,
    deletions: walk.deletions,
    foundTips: [...foundTips],
    findings,
  };
}

/** Goes over links and the records that they cover, once, in order. */
class ChainWalk {
  readonly findings = new StoreFindings();
  readonly prover: LinkProver;
  readonly decisions: RecordDecisions;
  readonly deletions = new Map<string, Deletion>();
  readonly foundTips = new Set<string>();
  links = 0;
  records = 0;
  longestWaitMs = 0;
  firstMadeAtMs: number | undefined;
  readonly #source: ChainSource;
  readonly #options: ChainOptions;
  readonly #differences = new RecordDifferences();
  readonly #pruned: PrunedRanges;
  #lastRecordNo = 0;

  constructor(source: ChainSource, options: ChainOptions, pruned: PrunedRanges) {
    this.#pruned = pruned;
    this.#source = source;
    this.#options = options;
    this.prover = new LinkProver(options.keys, this.findings);
    this.decisions = new RecordDecisions(options.checkDecision, this.findings);
  }

  /** Answers what the chain says of its end, read after its last link. */
  async toTheEnd(): Promise<Awaited<ReturnType<ChainSource['readHead']>>> {
    for (;;) {
      const page = await this.#source.readLinks(this.prover.lastNo, LINKS_AT_ONCE);
      for (const link of page) await this.#take(link);
      if (page.length < LINKS_AT_ONCE) return this.#source.readHead();
    }
  }

  sayDifferences(): void {
    this.#differences.say(this.findings, this.#lastRecordNo);
  }

  judgePruned(): number {
    return this.#pruned.judge(this.prover, this.findings);
  }

  async #take(link: SignedLink): Promise<void> {
    this.links += 1;
    const proven = this.prover.add(link);
    if (proven === undefined) return;
    this.firstMadeAtMs ??= link.madeAtMs;
    if (this.#options.tips?.includes(proven.sha256) === true) this.foundTips.add(proven.sha256);
    const { goneDestinations } = this.#options;
    const deletions: ToldDeletion[] = [];
    const read = await readLinkedRecords(this.#source, link, (record) => {
      this.decisions.add(record);
      const told = readDeletion(record);
      if (told !== undefined && goneDestinations?.has(told.destinationId) === true) deletions.push(told);
    });
    this.longestWaitMs = Math.max(this.longestWaitMs, read.longestWaitMs);
    const compared = compareRecords(link, read.records);
    const isPruned = this.#pruned.takes(proven, compared.missing.length);
    this.#differences.add(isPruned ? { ...compared, missing: [] } : compared);
    if (isUnchanged(compared))
      for (const { destinationId, deletion } of deletions) this.deletions.set(destinationId, deletion);
    if (compared.differs) {
      const range = { from: link.fromRecordNo, to: link.toRecordNo, count: link.records };
      const message = `At least one of the records from number ${range.from} to ${range.to} has other content than was chained`;
      this.findings.fault('edited', 'record', message, range);
    }
    this.records += link.records;
    this.#lastRecordNo = compared.lastNo ?? this.#lastRecordNo;
    this.#options.onProgress?.(this.records);
  }
}

/** Nothing that is there under these numbers is other than it was chained. */
function isUnchanged({ inserted, changed, differs }: ComparedRecords): boolean {
  return inserted.length + changed.length === 0 && !differs;
}

/** Records after the last proven link: a note while they are young. */
async function judgeWaiting(
  source: ChainSource,
  coveredNo: number,
  { asOfMs, graceMs }: ChainOptions,
  findings: StoreFindings,
  onRecord: (record: ChainedRecord) => void,
): Promise<number> {
  let [count, oldestMs, fromNo, toNo] = [0, Infinity, 0, coveredNo];
  for await (const record of recordsIn(source, coveredNo + 1, Number.MAX_SAFE_INTEGER)) {
    onRecord(record);
    oldestMs = Math.min(oldestMs, record.recordedAtMs);
    count += 1;
    fromNo ||= record.recordNo;
    toNo = record.recordNo;
  }
  if (count === 0) return 0;
  const isLate = asOfMs - oldestMs > graceMs;
  const range = fromNo === toNo ? `number ${fromNo}` : `numbers ${fromNo} to ${toNo}`;
  findings.add({
    name: isLate ? 'stale' : 'unproven',
    subject: 'record',
    severity: isLate ? 'fault' : 'note',
    fromNo,
    toNo,
    count,
    message: isLate
      ? `${count} records, ${range}, are not chained, the oldest since ${new Date(oldestMs).toISOString()}: no worker runs, it has no key, or a transaction that records does not end`
      : `${count} records, ${range}, are not chained yet`,
  });
  return count;
}
