import type { ReplayCursor, ReplaySelection } from './replay.ts';

/** What a destination has of the records that are looked at, by record number. */
export interface ReplayEvidence {
  /** An open row. */
  readonly open: ReadonlySet<number>;
  /** A dead or skipped letter. */
  readonly letters: ReadonlySet<number>;
  /** A receipt at a place that holds the event itself. */
  readonly delivered: ReadonlySet<number>;
  /** A receipt or open batch of any kind: a place with a tombstone and records left out by the filter too. */
  readonly receipted: ReadonlySet<number>;
}

export interface ReplayChoice {
  /** To be enqueued, in order. */
  readonly take: readonly ReplayCursor[];
  /** Belong to the selection, but have an open row or a letter. */
  readonly open: number;
  readonly letters: number;
  /** Of those taken: delivered before. */
  readonly duplicates: number;
  /** The last candidate looked at; undefined when there was none. */
  readonly cursor: ReplayCursor | undefined;
}

/**
 * Chooses among the next records of a selection, in order, until `maxTaken` are taken. A dead letter is left alone: it has been
 * refused or given up for a reason, and its own retry sends it again.
 */
export function chooseForReplay(
  candidates: readonly ReplayCursor[],
  evidence: ReplayEvidence,
  kind: ReplaySelection['kind'],
  maxTaken: number,
): ReplayChoice {
  const take: ReplayCursor[] = [];
  let [open, letters, duplicates] = [0, 0, 0];
  let cursor: ReplayCursor | undefined;
  for (const candidate of candidates) {
    if (take.length >= maxTaken) break;
    cursor = candidate;
    const { recordNo } = candidate;
    const isOpen = evidence.open.has(recordNo);
    const isLetter = evidence.letters.has(recordNo);
    if (kind === 'missing') {
      if (!isOpen && !isLetter && !evidence.receipted.has(recordNo)) take.push(candidate);
    } else if (isOpen) {
      open += 1;
    } else if (isLetter) {
      letters += 1;
    } else {
      take.push(candidate);
      if (evidence.delivered.has(recordNo)) duplicates += 1;
    }
  }
  return { take, open, letters, duplicates, cursor };
}

/** The first `limit` of two lists in the order of records. */
export function inRecordOrder(
  left: readonly ReplayCursor[],
  right: readonly ReplayCursor[],
  limit: number,
): readonly ReplayCursor[] {
  return [...left, ...right]
    .sort((a, b) => a.recordedAtMs - b.recordedAtMs || a.recordNo - b.recordNo)
    .slice(0, limit);
}
