/** `running` until its last batch is finished; what it waits for meanwhile is said in its note. */
export type ReplayStatus = 'running' | 'paused' | 'finished' | 'cancelled' | 'failed';

/** Which records of the destination's workspace are sent again. Times are those of recording. */
export type ReplaySelection =
  /** Recorded from one time on, and before the other. */
  | { readonly kind: 'range'; readonly fromMs: number; readonly toMs?: number }
  /** Named one by one. */
  | { readonly kind: 'records'; readonly recordNos: readonly number[] }
  /** Recorded since then, and without any trace at the destination: neither row, batch, letter nor receipt. */
  | { readonly kind: 'missing'; readonly sinceMs: number };

/** A replay asked for by a person, or the backfill of a new destination. */
export interface Replay {
  readonly replayNo: number;
  /** Public UUID. */
  readonly replayId: string;
  readonly destinationNo: number;
  readonly destinationId: string;
  readonly workspaceId: string;
  readonly origin: 'request' | 'backfill';
  readonly selection: ReplaySelection;
  /** Absent: one batch after the other, as fast as the destination takes them. */
  readonly ratePerSecond?: number;
  readonly requestedBy: string;
  readonly reason?: string;
  readonly status: ReplayStatus;
  /** Why it waits or how it ended, in words. */
  readonly note?: string;
  /** Records with a greater number came after the replay was asked for: live events, and not its business. */
  readonly lastRecordNo: number;
  /** The last record looked at; records go by time, then by number. */
  readonly cursor: ReplayCursor;
  /** Records that were to be sent when it was asked for. */
  readonly planned: number;
  /** Counting stopped at its bound: there are more. */
  readonly plannedAtLeast: boolean;
  /** Records of the selection met so far: those enqueued and those left out. */
  readonly found: number;
  readonly enqueued: number;
  /** Open already, or a dead letter: that one has its own retry. */
  readonly leftOut: number;
  readonly delivered: number;
  /** Left out by the destination's filter. */
  readonly filtered: number;
  readonly dead: number;
  /** Records of the batch that is on its way. */
  readonly feeding: readonly number[];
  /** The last receipt before that batch came: what became of it stands in later ones. */
  readonly fedAfterReceiptNo: number;
  readonly nextFeedAtMs: number;
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
}

export interface ReplayCursor {
  readonly recordedAtMs: number;
  readonly recordNo: number;
}

/** Before every record. */
export const REPLAY_START: ReplayCursor = Object.freeze({ recordedAtMs: -1, recordNo: 0 });
