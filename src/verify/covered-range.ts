import type { Checkpoint } from '../proof/checkpoint.ts';
import { MerkleTree, rootOfParts } from '../proof/merkle-tree.ts';
import { addNumber, type NumberRange } from '../proof/number-ranges.ts';
import { type EpochRecord, hex } from './stream-record.ts';

/** Of places that hold more than one body, so many ways to choose are tried against the signed hash. */
const MAX_CHOICES = 64;

/** What stands in an export where a checkpoint says what must stand there. */
export interface RangeJudgement {
  readonly missing: readonly NumberRange[];
  /** Ranges in which at least one place holds other bytes than were sent. */
  readonly different: readonly NumberRange[];
  /** Places of those ranges whose JSON was written anew by something else. */
  readonly rewritten: readonly NumberRange[];
  /** Places that hold another body beside the one that is proved. */
  readonly besides: readonly number[];
}

/** Bodies that may be the one at a place, the likeliest first. */
type Candidates = readonly Uint8Array[];

/** Holds the places of an epoch against the Merkle tree of a checkpoint that covers them. */
export function judgeRange(checkpoint: Checkpoint, epoch: EpochRecord): RangeJudgement {
  const missing: NumberRange[] = [];
  const different: NumberRange[] = [];
  const rewritten: NumberRange[] = [];
  const besides: number[] = [];
  const isTombstone = tombstoneTest(checkpoint);
  const untaken = new Map(checkpoint.untaken.map(({ seq, sha256 }) => [seq, Buffer.from(sha256, 'hex')]));
  for (const { range, sha256 } of partsOf(checkpoint)) {
    const tree = new MerkleTree();
    const open: { readonly seq: number; readonly candidates: Candidates }[] = [];
    let isWhole = true;
    for (let seq = range.from; seq <= range.to; seq += 1) {
      const only = onlyEventAt(seq, epoch, isTombstone, untaken);
      if (only !== undefined) {
        tree.add(only);
        continue;
      }
      const candidates = candidatesAt(seq, epoch, isTombstone(seq), untaken.get(seq));
      const [first] = candidates;
      if (first === undefined) {
        addNumber(missing, seq);
        isWhole = false;
        continue;
      }
      if (candidates.length > 1) open.push({ seq, candidates });
      tree.add(first);
    }
    const isProved =
      isWhole &&
      (hex(tree.root()) === sha256 || matchesOtherwise(range, sha256, open, epoch, isTombstone, untaken));
    if (isProved) {
      besides.push(...open.filter(({ seq }) => epoch.others.has(seq)).map(({ seq }) => seq));
      besides.push(...unrelated(range, epoch, isTombstone));
    } else if (isWhole) {
      different.push(range);
      for (let seq = range.from; seq <= range.to; seq += 1) {
        if (isRewritten(seq, epoch)) addNumber(rewritten, seq);
      }
    }
  }
  return { missing, different, rewritten, besides };
}

function isRewritten(seq: number, { events, tombstones }: EpochRecord): boolean {
  return events.isRewritten(seq) || (tombstones.get(seq)?.some((tombstone) => tombstone.rewritten) ?? false);
}

/** The parts travel unsigned; where the signed root does not follow from them, the whole range is one part. */
function partsOf(checkpoint: Checkpoint): { readonly range: NumberRange; readonly sha256: string }[] {
  const { fromSeq, toSeq, placesEach, parts, root } = checkpoint;
  if (toSeq < fromSeq) return [];
  if (hex(rootOfParts(parts.map((part) => Buffer.from(part, 'hex')))) !== root)
    return [{ range: { from: fromSeq, to: toSeq }, sha256: root }];
  return parts.map((sha256, index) => {
    const from = fromSeq + index * placesEach;
    return { range: { from, to: Math.min(toSeq, from + placesEach - 1) }, sha256 };
  });
}

/** The one body of nearly every place; undefined where there is anything to choose, or nothing. */
function onlyEventAt(
  seq: number,
  { events, others }: EpochRecord,
  isTombstone: (seq: number) => boolean,
  untaken: ReadonlyMap<number, Uint8Array>,
): Uint8Array | undefined {
  if (others.has(seq) || untaken.has(seq) || isTombstone(seq)) return undefined;
  return events.hashAt(seq);
}

function candidatesAt(
  seq: number,
  epoch: EpochRecord,
  isTombstone: boolean,
  untaken: Uint8Array | undefined,
): Candidates {
  if (untaken !== undefined) return [untaken];
  if (isTombstone) return (epoch.tombstones.get(seq) ?? []).map(({ sha256 }) => Buffer.from(sha256, 'hex'));
  const event = epoch.events.hashAt(seq);
  if (event === undefined) return [];
  const others = epoch.others.get(seq);
  return others === undefined ? [event] : [event, ...others.map((sha256) => Buffer.from(sha256, 'hex'))];
}

/** Tries the other bodies of places that hold several, until the signed hash comes out or there are too many ways. */
function matchesOtherwise(
  range: NumberRange,
  sha256: string,
  open: readonly { readonly seq: number; readonly candidates: Candidates }[],
  epoch: EpochRecord,
  isTombstone: (seq: number) => boolean,
  untaken: ReadonlyMap<number, Uint8Array>,
): boolean {
  const ways = open.reduce((product, { candidates }) => product * candidates.length, 1);
  if (open.length === 0 || ways > MAX_CHOICES) return false;
  for (let way = 1; way < ways; way += 1) {
    let digits = way;
    const chosen = new Map<number, Uint8Array | undefined>();
    for (const { seq, candidates } of open) {
      chosen.set(seq, candidates[digits % candidates.length]);
      digits = Math.floor(digits / candidates.length);
    }
    const tree = new MerkleTree();
    for (let seq = range.from; seq <= range.to; seq += 1) {
      const leaf = chosen.get(seq) ?? candidatesAt(seq, epoch, isTombstone(seq), untaken.get(seq))[0];
      if (leaf !== undefined) tree.add(leaf);
    }
    if (hex(tree.root()) === sha256) return true;
  }
  return false;
}

/** An event beside a tombstone belongs there when the tombstone stands for it. */
function unrelated(
  { from, to }: NumberRange,
  epoch: EpochRecord,
  isTombstone: (seq: number) => boolean,
): number[] {
  const seqs: number[] = [];
  for (const [seq, tombstones] of tombstonesIn(epoch, from, to)) {
    const event = epoch.events.hashAt(seq);
    const stands = event === undefined ? undefined : hex(event);
    const isRelated =
      stands === undefined
        ? isTombstone(seq)
        : tombstones.every(({ originalSha256 }) => originalSha256 === stands) || epoch.others.has(seq);
    if (!isRelated) seqs.push(seq);
  }
  return seqs;
}

function* tombstonesIn(epoch: EpochRecord, from: number, to: number) {
  if (epoch.tombstones.size === 0) return;
  for (let seq = from; seq <= to; seq += 1) {
    const tombstones = epoch.tombstones.get(seq);
    if (tombstones !== undefined) yield [seq, tombstones] as const;
  }
}

/** Called with ascending numbers. */
function tombstoneTest({ tombstones }: Checkpoint): (seq: number) => boolean {
  return (seq) => {
    let [low, high] = [0, tombstones.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = tombstones[middle];
      if (range === undefined || seq < range.from) high = middle - 1;
      else if (seq > range.to) low = middle + 1;
      else return true;
    }
    return false;
  };
}
