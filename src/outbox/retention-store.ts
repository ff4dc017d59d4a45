/** What is older than these times goes; where a time is absent, everything of its kind is kept. */
export interface RetentionCutoffs {
  readonly receiptsBeforeMs?: number;
  readonly attemptsBeforeMs?: number;
  /** By the time of the skip. A dead letter that waits for a decision is never removed by its age. */
  readonly skippedBeforeMs?: number;
  /** Checkpoints are made: a receipt goes only when a checkpoint covers it that is older than `receiptsBeforeMs` itself. */
  readonly onlyCovered?: boolean;
}

export interface PruneReport {
  readonly receipts: number;
  readonly attempts: number;
  readonly skippedLetters: number;
  /** The step ended by its bound: there is more to remove now. */
  readonly more: boolean;
}

/** State of the write-ahead log beside an embedded database. */
export interface LogReport {
  readonly logBytes: number;
  /** Cut back to nothing by this look. */
  readonly cut: boolean;
  /** A program that reads for long keeps what is in the log from being folded into the database file. */
  readonly heldByReader: boolean;
}

/**
 * Removes what is finished and old, in steps that hold locks for a moment only. One step runs at a time, whatever the number
 * of processes; the others answer that there is nothing to do.
 *
 * A receipt and a skipped letter are the reconciler's evidence that a record was dealt with: both stay as long as their record
 * is above the mark up to which the reconciler has looked. Of a destination that is on, what a checkpoint covers stays as long
 * as the checkpoint, and what none covers yet stays: it could never be proved. The latest receipt of each epoch stays for ever: it says where the
 * numbers of the epoch ended.
 */
export interface RetentionStore {
  /** Removes at most `maxRows` rows in one transaction. */
  prune(cutoffs: RetentionCutoffs, maxRows: number): Promise<PruneReport>;
  /** Folds the write-ahead log into the database file, and cuts it back when nobody writes or it is too long. SQLite only. */
  foldLog?(): Promise<LogReport>;
}

export const NOTHING_PRUNED: PruneReport = Object.freeze({
  receipts: 0,
  attempts: 0,
  skippedLetters: 0,
  more: false,
});
