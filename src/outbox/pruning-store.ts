import type { SignedPruneMark } from '../proof/prune-mark.ts';

/** Why records up to a number cannot go. */
export interface PruneObstacle {
  readonly kind:
    /** Deliveries of these records wait. */
    | 'open_rows'
    /** Dead letters of these records wait for a decision. */
    | 'dead_letters'
    /** Failed enqueues of these records are not repaired yet. */
    | 'missed'
    /** The reconciler of a destination has not looked so far: records may be owed to it. */
    | 'not_reconciled'
    /** Replays are under way, which read old records. */
    | 'replays'
    /** So much waits that removing would be slow: each record is looked for among the open rows. */
    | 'backlog';
  readonly count: number;
}

/** Rows that may wait while records are removed: the foreign key of each is looked for among them, without an index. */
export const MAX_OPEN_ROWS_TO_PRUNE = 10_000;

/**
 * Removes records on purpose, below a signed mark, and in no other way. A record that something still refers to stays, whatever
 * the mark says.
 */
export interface PruningStore {
  /** False where the role of this connection may not remove records (PostgreSQL: only the owner may). */
  mayPrune(): Promise<boolean>;
  /** What keeps records up to this number. Empty: nothing does. */
  obstacles(toRecordNo: number): Promise<readonly PruneObstacle[]>;
  /**
   * Writes the mark and its audit record in one transaction. False, and nothing written, where it does not follow the last mark
   * any more or something came in between that keeps its records.
   */
  addMark(mark: SignedPruneMark, audit: PruneAudit): Promise<boolean>;
  /** Removes at most `maxRecords` records at or below the last mark, in one transaction. Answers how many. */
  removeMarked(maxRecords: number): Promise<number>;
}

/** As `AuditRecord`, which belongs to the edges. */
export interface PruneAudit {
  readonly auditId: string;
  readonly atMs: number;
  readonly workspaceId: string;
  readonly actor: string;
  readonly action: string;
  readonly subjectId: string;
  readonly before: string;
  readonly after: string;
}
