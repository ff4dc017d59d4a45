import type { Answer } from '../connectors/outcome.ts';
import type { Batch, BatchDraft, BatchKey } from './batch.ts';
import type { Destination, Health } from './destination.ts';

/** Proof of owning a lane. Every write repeats the token; a late owner's writes are refused (`lane_lost`). */
export interface LaneLease {
  readonly destinationNo: number;
  readonly owner: string;
  /** Fencing token: grows by one at each take-over. */
  readonly token: number;
}

/** A destination's lane when it was taken. */
export interface Lane {
  readonly lease: LaneLease;
  readonly streamId: string;
  readonly epochNo: number;
  /** Random, public name of the epoch. */
  readonly epoch: string;
  /** What the epoch is bound to (PostgreSQL: system identifier and timeline; SQLite: the sidecar file). */
  readonly epochAnchor: string;
  /** What the store says now; another value than `epochAnchor` opens a new epoch. */
  readonly currentAnchor: string;
  readonly nextSeq: number;
  readonly hecChannel: string;
  readonly pausedUntilMs: number;
  readonly failureStreak: number;
  readonly unheard: UnheardRequests;
}

/**
 * Requests of the lane's acknowledgement channel whose answer never came. The remote may handle one late, and give it an id that
 * another batch waits under.
 */
export interface UnheardRequests {
  readonly requests: number;
  /** Wall-clock time of the latest. */
  readonly atMs: number;
}

/** What an owner keeps of its lane besides its batches. */
export interface LaneState {
  readonly pausedUntilMs: number;
  readonly failureStreak: number;
  readonly health: Health;
  /** Absent: as it was. */
  readonly unheard?: UnheardRequests;
}

/** One look at what the dispatcher must know: destination, lane and whether there is work. */
export interface DueDestination {
  readonly destination: Destination;
  readonly owner?: string;
  readonly leasedUntilMs: number;
  readonly pausedUntilMs: number;
  readonly hasWork: boolean;
  /** Batches were accepted and wait for their acknowledgement: a remote forgets it when nobody asks in time. */
  readonly awaitsAck: boolean;
}

/** An open row with its record. */
export interface OpenRow {
  readonly recordNo: number;
  readonly source: 'attestation' | 'event' | 'admin';
  /** `attestation_id`, or the event's `metadata.uid`. */
  readonly recordId: string;
  /** The record's text as received. */
  readonly body: string;
  readonly replayed: boolean;
}

export interface OpenRowQuery {
  readonly destinationNo: number;
  readonly afterRecordNo: number;
  readonly maxRows: number;
  /** Reading stops after the row that crosses this. */
  readonly maxBodyBytes: number;
  /** Records of open batches, to be passed over. */
  readonly exclude: readonly number[];
}

/** A record that is finished as undeliverable, written when its tombstone was taken. */
export interface DeadLetterDraft {
  readonly recordNo: number;
  readonly code: string;
  readonly message: string;
  readonly answer?: Answer;
  readonly attempts: number;
}

/** What the receipt keeps of the last send. */
export interface Completion {
  readonly answer: Answer;
  readonly ackId?: number;
  readonly deadLetters: readonly DeadLetterDraft[];
}

/** `duplicate`: the batch was gone already. `lane_lost`: the token is not the lane's any more; nothing was written. */
export type SettleResult = 'settled' | 'duplicate' | 'lane_lost';

/** A failed send, kept bounded for each destination. */
export interface AttemptDraft {
  readonly outcome: string;
  readonly answer: Answer;
  readonly events: number;
  readonly bytes: number;
  readonly firstSeq: number;
  readonly atMs: number;
}

/** What the delivery engine needs of a store. Each method is one statement (or one short transaction on SQLite). */
export interface DeliveryStore {
  /** Destinations that are not deleted, with their lanes; `hasWork` is an index probe, never a count. */
  listDue(): Promise<readonly DueDestination[]>;
  /**
   * Conditional update in database time: answers undefined while another owner's lease runs. A lease that runs for more than
   * twice `leaseMs` from now was written before the clock was set back, and is over. `goneOwner`: an owner that is proved to
   * be gone; where the lane is still its own, nobody waits for the rest of its lease.
   */
  takeLane(
    destinationNo: number,
    owner: string,
    leaseMs: number,
    goneOwner?: string,
  ): Promise<Lane | undefined>;
  /** False when the lane is lost, or the store is not the one its epoch is bound to any more. On SQLite also writes the sidecar's mark. */
  renewLane(lease: LaneLease, leaseMs: number): Promise<boolean>;
  releaseLane(lease: LaneLease): Promise<void>;
  /** Opens a new epoch (number + 1, new random name, next number 1) bound to `anchor`. */
  openEpoch(lease: LaneLease, anchor: string): Promise<Lane | undefined>;
  /** Pause, streak, health and unheard requests, in one write. False when the lane is lost. */
  saveLane(lease: LaneLease, state: LaneState): Promise<boolean>;
  /** The destination as it was at `rowVersion`, from the append-only versions. */
  readDestinationVersion(destinationNo: number, rowVersion: number): Promise<Destination | undefined>;
  readOpenRows(query: OpenRowQuery): Promise<readonly OpenRow[]>;
  /** Records of a batch by number, for rendering it again after a restart. Missing ones are left out. */
  readRecords(recordNos: readonly number[]): Promise<readonly OpenRow[]>;
  openBatches(lease: LaneLease): Promise<readonly Batch[]>;
  /** Writes the batch and moves the lane's next number from `firstSeq` to `firstSeq + places`, if the token holds. */
  formBatch(lease: LaneLease, draft: BatchDraft): Promise<boolean>;
  /** One statement: check token, delete rows and batch, insert receipt and dead letters. */
  completeBatch(lease: LaneLease, key: BatchKey, completion: Completion): Promise<SettleResult>;
  /**
   * One statement: check token, delete the batch, put `open` in its place (same numbers), and complete `delivered` where
   * given. `attempts` and `lastAnswer` are carried over.
   */
  replaceBatch(
    lease: LaneLease,
    key: BatchKey,
    parts: {
      readonly delivered?: { draft: BatchDraft; completion: Completion };
      readonly open: readonly BatchDraft[];
    },
  ): Promise<SettleResult>;
  /** Counts a send that did not succeed: attempts + 1, last answer, and a row in the bounded attempts table. */
  noteFailedSend(lease: LaneLease, key: BatchKey, attempt: AttemptDraft): Promise<boolean>;
  markAwaitingAck(lease: LaneLease, key: BatchKey, ackId: number, sentAtMs: number): Promise<boolean>;
  /** Back from `awaiting_ack` to `formed`: acknowledgement timed out, send again. */
  markFormed(lease: LaneLease, key: BatchKey): Promise<boolean>;
  /** One step of the reconciler; see docs/decisions. Answers what it enqueued. */
  reconcile(limits: ReconcileLimits): Promise<ReconcileReport>;
}

export interface ReconcileLimits {
  /** Records looked at in one step. */
  readonly maxRecords: number;
  readonly maxMissed: number;
}

export interface ReconcileReport {
  /** Rows written for enqueues that had failed and were noted in `aegis_siem_missed`. */
  readonly missedEnqueued: number;
  /** Rows written for records that had no row, batch, dead letter or receipt. */
  readonly repairedEnqueued: number;
  /** More to look at now. */
  readonly more: boolean;
}
