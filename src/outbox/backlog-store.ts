/** A walk over a destination's open rows, from the newest down. */
export interface BacklogQuery {
  readonly destinationNo: number;
  /** Rows below this number; absent: from the newest. */
  readonly belowRecordNo?: number;
  readonly maxRows: number;
  /** Bytes of bodies that are still within the limit; absent: bodies are not measured. */
  readonly bytesLeft?: number;
}

export interface BacklogStep {
  readonly rows: number;
  /** Of the records' bodies; 0 where they were not measured. */
  readonly bytes: number;
  /** Absent when there is no row. */
  readonly lowestRecordNo?: number;
  /** The oldest row of this step that is still within `bytesLeft`; absent when none is. */
  readonly lowestWithinBytes?: number;
}

/** The alarm level of each limit: 0 or one of `ALARM_PERCENTS`. */
export interface LimitLevels {
  readonly age: number;
  readonly rows: number;
  readonly bytes: number;
}

export const NO_ALARMS: LimitLevels = Object.freeze({ age: 0, rows: 0, bytes: 0 });

/** The disk under an embedded store. */
export interface SpaceReport {
  /** Database file and log. */
  readonly usedBytes: number;
  /** What the file system would still give to this process. */
  readonly freeBytes: number;
}

/** What waits, measured in steps that never read a whole backlog at once. */
export interface BacklogStore {
  measure(query: BacklogQuery): Promise<BacklogStep>;
  /** When the oldest open row's record was recorded; undefined when nothing waits. What is replayed was there before, and is not asked. */
  oldestRecordedAtMs(destinationNo: number): Promise<number | undefined>;
  /** When these records were recorded; missing ones are left out. */
  recordedAtMs(recordNos: readonly number[]): Promise<ReadonlyMap<number, number>>;
  readLevels(destinationNo: number): Promise<LimitLevels>;
  /** Writes `to` where `from` still stands. False: another process was faster, and has raised the alarm. */
  changeLevels(destinationNo: number, from: LimitLevels, to: LimitLevels): Promise<boolean>;
  /** SQLite only: the disk of a database server is not ours to measure. */
  space?(): Promise<SpaceReport>;
}
