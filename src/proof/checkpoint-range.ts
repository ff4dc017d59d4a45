import type { Checkpoint, UntakenPlace } from './checkpoint.ts';
import { HASH_BYTES, MerkleTree } from './merkle-tree.ts';
import { addNumber, countNumbers, type NumberRange } from './number-ranges.ts';

/** What one checkpoint says at most: beyond it the range ends, and the next checkpoint goes on. Keeps its event below 20 KB. */
export const CHECKPOINT_LIMITS = Object.freeze({ tombstoneRanges: 256, untaken: 32, filters: 16 });

/** A run of places that were finished together, as their receipt has them. */
export interface FinishedPlaces {
  readonly firstSeq: number;
  readonly places: number;
  /** SHA-256 of each event as sent, one after another. */
  readonly hashes: Uint8Array;
  /** Places, counted from 0, that hold tombstones; `untaken`: the destination has not even that. */
  readonly tombstones: readonly { readonly index: number; readonly untaken?: boolean }[];
  /** The one place holds a checkpoint. */
  readonly isCheckpoint: boolean;
  readonly leftOut: number;
  /** Id of the filter that was in force. */
  readonly filter: string;
}

/** The part of a checkpoint that follows from what was finished. */
export type RangeSummary = Pick<
  Checkpoint,
  | 'fromSeq'
  | 'toSeq'
  | 'delivered'
  | 'tombstoned'
  | 'checkpoints'
  | 'leftOut'
  | 'tombstones'
  | 'untaken'
  | 'filters'
  | 'root'
  | 'placesEach'
  | 'parts'
>;

/** Gathers the unbroken run of finished places from a number on, in memory that does not grow with it. */
export class CheckpointRange {
  readonly fromSeq: number;
  readonly #tree = new MerkleTree();
  readonly #tombstones: NumberRange[] = [];
  readonly #untaken: UntakenPlace[] = [];
  readonly #filters: string[] = [];
  #nextSeq: number;
  #leftOut = 0;
  /** Of runs without places at the end: theirs is the next place, which is not in the range yet. */
  #leftOutAhead = 0;
  #checkpoints = 0;
  #isFull = false;

  constructor(fromSeq: number) {
    this.fromSeq = fromSeq;
    this.#nextSeq = fromSeq;
  }

  /** The first number that is not in the range yet. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** A limit is reached: the rest is for the next checkpoint. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /**
   * Adds a run that begins at the next number, or holds it. Answers false when it does not, or when not all of it was taken:
   * what comes after it is then not unbroken, or not for this checkpoint.
   */
  add(finished: FinishedPlaces): boolean {
    const { firstSeq, places, hashes } = finished;
    const first = this.#nextSeq - firstSeq;
    if (this.#isFull || first < 0 || first > places || !this.#takeFilter(finished.filter)) return false;
    // A run that this range begins inside of was counted by the checkpoint before.
    if (firstSeq >= this.fromSeq) this.#leftOutAhead += finished.leftOut;
    const tombstones = new Map(finished.tombstones.map((tombstone) => [tombstone.index, tombstone]));
    for (let index = first; index < places; index += 1) {
      const sha256 = hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
      const tombstone = tombstones.get(index);
      if (tombstone !== undefined && !this.#takeTombstone(sha256, tombstone.untaken === true)) return false;
      if (tombstone === undefined && finished.isCheckpoint) this.#checkpoints += 1;
      this.#tree.add(sha256);
      this.#nextSeq += 1;
      this.#leftOut += this.#leftOutAhead;
      this.#leftOutAhead = 0;
    }
    return true;
  }

  /** `filter`: the one in force now, told of too when nothing was finished under it yet. */
  summary(filter: string): RangeSummary {
    const { leavesEach, hashes } = this.#tree.parts();
    const tombstoned = countNumbers(this.#tombstones);
    const isNews = !this.#filters.includes(filter) && this.#filters.length < CHECKPOINT_LIMITS.filters;
    return {
      fromSeq: this.fromSeq,
      toSeq: this.#nextSeq - 1,
      delivered: this.#tree.leaves - tombstoned - this.#checkpoints,
      tombstoned,
      checkpoints: this.#checkpoints,
      leftOut: this.#leftOut,
      tombstones: [...this.#tombstones],
      untaken: [...this.#untaken],
      filters: isNews ? [...this.#filters, filter] : [...this.#filters],
      root: hex(this.#tree.root()),
      placesEach: leavesEach,
      parts: hashes.map(hex),
    };
  }

  #takeFilter(filter: string): boolean {
    if (this.#filters.includes(filter)) return true;
    if (this.#filters.length >= CHECKPOINT_LIMITS.filters) return this.#full();
    this.#filters.push(filter);
    return true;
  }

  #takeTombstone(sha256: Uint8Array, isUntaken: boolean): boolean {
    const seq = this.#nextSeq;
    const begins = this.#tombstones.at(-1)?.to !== seq - 1;
    if (begins && this.#tombstones.length >= CHECKPOINT_LIMITS.tombstoneRanges) return this.#full();
    if (isUntaken && this.#untaken.length >= CHECKPOINT_LIMITS.untaken) return this.#full();
    addNumber(this.#tombstones, seq);
    if (isUntaken) this.#untaken.push({ seq, sha256: hex(sha256) });
    return true;
  }

  #full(): false {
    this.#isFull = true;
    return false;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
