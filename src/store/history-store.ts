/** Width of the narrowest bar of a chart. */
export const HISTORY_MINUTE_MS = 60_000;

/** What one stretch of time came to, for one destination. */
export interface HistoryBucket {
  readonly startMs: number;
  /** Events that the SIEM took, repeats by replay among them; tombstones and checkpoints are not. */
  readonly delivered: number;
  readonly replayed: number;
  /** Places filled by a tombstone. */
  readonly tombstones: number;
  /** Records that the filter left out. */
  readonly leftOut: number;
  /** Requests that were answered with success. */
  readonly batches: number;
  /**
   * Time from recording to delivery. Taken from the first and the last record of each batch, replays left out: the longest is
   * exact to within the order of recording, the mean is of these two.
   */
  readonly delayMaxMs?: number;
  readonly delayMeanMs?: number;
}

export interface HistoryQuery {
  readonly destinationNo: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** A whole number of minutes. */
  readonly bucketMs: number;
}

export interface RollUpBounds {
  /** Minutes that ended before this time are complete: what was finished in them is committed. */
  readonly closedBeforeMs: number;
  /** Older minutes are neither made nor kept. */
  readonly keepSinceMs: number;
  /** Minutes of one step. */
  readonly maxMinutes: number;
}

/**
 * How fast and how late each destination got its events, by the minute. Receipts are added up once and kept as a small row a
 * minute, so that a chart of a week reads thousands of rows and not millions.
 */
export interface HistoryStore {
  /** Adds up the next minutes that are complete. `more`: ended by its bound. Doing it twice, or in two processes, changes nothing. */
  rollUp(bounds: RollUpBounds): Promise<{ readonly minutes: number; readonly more: boolean }>;
  /** Buckets with something in them, oldest first. Minutes that are not added up yet are read from the newest receipts. */
  readHistory(query: HistoryQuery): Promise<readonly HistoryBucket[]>;
}
