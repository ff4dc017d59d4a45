import type { ChainedRecord } from '../proof/record-text.ts';
import type { SignedLink } from '../proof/chain-link.ts';
import type { SignedTip } from '../proof/chain-tip.ts';
import type { SignedPruneMark } from '../proof/prune-mark.ts';

/** One look at where the chain ends and how far the records go. */
export interface ChainHead {
  readonly lastLink?: SignedLink;
  readonly tip?: SignedTip;
  /** The last number that was given out, whether or not its record is committed. */
  readonly lastGivenNo: number;
}

export interface RecordRange {
  readonly afterRecordNo: number;
  readonly toRecordNo: number;
  readonly maxRecords: number;
}

/** What the chain over the records needs of a store, to be made and to be judged. */
export interface ChainStore {
  readHead(): Promise<ChainHead>;
  /** No record at or below this number can be committed any more. */
  settledRecordNo(): Promise<number>;
  /** Attestations and other events in the order of their numbers. */
  readRecords(range: RecordRange): Promise<readonly ChainedRecord[]>;
  /** Links after this one, in order. */
  readLinks(afterLinkNo: number, maxLinks: number): Promise<readonly SignedLink[]>;
  /** Records that were removed on purpose, in the order of their marks. */
  readPruneMarks(): Promise<readonly SignedPruneMark[]>;
  /**
   * Writes a link and the tip that names it, or a tip alone, in one transaction that is on the disk when it returns. False, and
   * nothing written, where the last link is not `lastLinkNo` any more: another process was faster.
   */
  append(lastLinkNo: number, tip: SignedTip, link?: SignedLink): Promise<boolean>;
}

/** What one turn of the chainer did, and how far the chain is behind the records. */
export interface ChainReport {
  readonly links: number;
  readonly records: number;
  /** Numbers that are given out and not covered yet; those of transactions that were rolled back are among them. */
  readonly waiting: number;
  /** Of the oldest record that is committed and not covered; 0 when there is none. */
  readonly waitingMs: number;
}
