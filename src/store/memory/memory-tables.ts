import type { Batch, BatchDraft } from '../../outbox/batch.ts';
import type {
  AttemptDraft,
  Completion,
  DeadLetterDraft,
  UnheardRequests,
} from '../../outbox/delivery-store.ts';
import type { Destination } from '../../outbox/destination.ts';
import type { Replay } from '../../outbox/replay.ts';

export interface MemoryRecord {
  readonly recordNo: number;
  readonly recordId: string;
  readonly workspaceId: string;
  readonly source: 'attestation' | 'event' | 'admin';
  readonly body: string;
  readonly recordedAtMs: number;
}

export interface MemoryLane {
  owner: string | undefined;
  token: number;
  leasedUntilMs: number;
  pausedUntilMs: number;
  failureStreak: number;
  unheard: UnheardRequests;
  streamId: string;
  epochNo: number;
  epoch: string;
  epochAnchor: string;
  nextSeq: number;
  hecChannel: string;
}

export interface MemoryReceipt {
  readonly destinationNo: number;
  readonly draft: BatchDraft;
  readonly completion: Completion;
  readonly attempts: number;
  readonly deliveredAtMs: number;
}

export interface MemoryDeadLetter extends DeadLetterDraft {
  readonly destinationNo: number;
}

/** The tables of the memory store: plain data, so that a copy of them is what a crash would leave behind. */
export interface MemoryTables {
  lastRecordNo: number;
  /** What the store says it is; a change stands for a restored or promoted store. */
  anchor: string;
  readonly records: Map<number, MemoryRecord>;
  /** Numbers given to transactions that have not ended: the reconciler does not step over them. */
  readonly unsettled: Set<number>;
  readonly destinations: Map<number, Destination>;
  /** By destination, then by row version. */
  readonly versions: Map<number, Map<number, Destination>>;
  readonly lanes: Map<number, MemoryLane>;
  /** By destination: record number -> replayed. */
  readonly outbox: Map<number, Map<number, boolean>>;
  /** By destination: `epochNo:firstSeq` -> batch. */
  readonly batches: Map<number, Map<string, Batch>>;
  readonly receipts: MemoryReceipt[];
  readonly deadLetters: MemoryDeadLetter[];
  readonly attempts: (AttemptDraft & { readonly destinationNo: number })[];
  readonly missed: Set<number>;
  readonly reconcilerMarks: Map<number, number>;
  /** By destination: the last number given out when it began to take records. What has a higher one came after it. */
  readonly startNos: Map<number, number>;
  /** By number. */
  readonly replays: Map<number, Replay>;
}

export function emptyTables(): MemoryTables {
  return {
    lastRecordNo: 0,
    anchor: 'memory-1',
    records: new Map(),
    unsettled: new Set(),
    destinations: new Map(),
    versions: new Map(),
    lanes: new Map(),
    outbox: new Map(),
    batches: new Map(),
    receipts: [],
    deadLetters: [],
    attempts: [],
    missed: new Set(),
    reconcilerMarks: new Map(),
    startNos: new Map(),
    replays: new Map(),
  };
}

/** The public name of an epoch: the same in every run, other than a real store's, which is random. */
export function epochName(destinationNo: number, epochNo: number): string {
  return `e${String(destinationNo).padStart(7, '0')}${String(epochNo).padStart(8, '0')}`;
}
