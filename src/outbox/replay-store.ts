import type { ReplayStatus } from './replay.ts';

export interface ReplayFeedLimits {
  /** Rows that one replay has in the outbox at a time. */
  readonly maxRows: number;
  /** Records looked at in one turn of a replay. */
  readonly maxLooked: number;
}

/** What one turn of a replay came to. */
export interface ReplayStep {
  readonly replayId: string;
  readonly destinationId: string;
  readonly enqueued: number;
  readonly leftOut: number;
  /** Set when the replay ended with this turn. */
  readonly ended?: ReplayStatus;
  readonly note?: string;
}

export interface ReplayFeedReport {
  /** Replays that are under way, whether or not they did something now. */
  readonly active: number;
  readonly steps: readonly ReplayStep[];
}

/**
 * Feeds replays into the outbox, one batch at a time, the next when that one is finished: live events wait behind one batch at
 * most, and the outbox stays small however much is sent again.
 *
 * No process owns a replay. Every turn reads where the replay stands, decides, and writes rows and cursor in one transaction
 * under the lock of the replay's row: a crash leaves a turn done or not begun, and the next turn, of whichever process, goes on
 * from there. A lease would add a wait at each crash and prove nothing more.
 */
export interface ReplayFeedStore {
  feed(limits: ReplayFeedLimits, nowMs: number): Promise<ReplayFeedReport>;
}
