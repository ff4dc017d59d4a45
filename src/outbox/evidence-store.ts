import type { StoredCheckpoint } from './proof-store.ts';

/** A trigger that keeps rows as they are, and is not as the migrations made it. */
export interface BrokenGuard {
  readonly trigger: string;
  readonly problem: 'missing' | 'disabled' | 'changed' | 'foreign';
}

/** A destination's stream as the store has it. */
export interface StoredStream {
  readonly destinationNo: number;
  readonly destinationId: string;
  readonly streamId: string;
  /** The epoch that its lane is in. */
  readonly epochNo: number;
  readonly epoch: string;
  /** Every number below this one, in this epoch, is finished: its receipt is there. */
  readonly finishedBelow: number;
  /** Active or paused: it owes checkpoints. */
  readonly isLive: boolean;
  readonly isDeleted: boolean;
}

export interface CheckpointQuery {
  readonly destinationNo: number;
  readonly after: { readonly epochNo: number; readonly seq: number };
  readonly maxCheckpoints: number;
}

/** What a judge of the store asks for, beside records, links and receipts. Reads only. */
export interface EvidenceStore {
  brokenGuards(): Promise<readonly BrokenGuard[]>;
  /** SubjectPublicKeyInfo in base64 of the checkpoint keys; the sealed private parts are not asked for. */
  publicKeys(): Promise<readonly string[]>;
  streams(): Promise<readonly StoredStream[]>;
  /** By epoch and number, delivered or not. */
  checkpoints(query: CheckpointQuery): Promise<readonly StoredCheckpoint[]>;
}
