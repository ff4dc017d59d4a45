import type { BacklogStore } from '../outbox/backlog-store.ts';
import type { BacklogLimits } from '../outbox/destination.ts';

/** Rows measured in one call: a backlog of millions is walked in steps, and others get their turn in between. */
const STEP_ROWS = 10_000;

export type LimitName = 'age' | 'rows' | 'bytes';

/** What waited for one destination at a moment, as far as its limits ask. */
export interface BacklogLook {
  readonly atMs: number;
  /** Share of each limit that is set; more than 100 where it is passed. Rows and bytes are not counted on beyond that. */
  readonly percents: Readonly<Partial<Record<LimitName, number>>>;
  readonly oldestRecordedAtMs?: number;
  /** Rows below this number are beyond the limit of rows or bytes. */
  readonly cut?: { readonly belowRecordNo: number; readonly limit: 'rows' | 'bytes' };
}

/** Measures what the limits ask for, the newest rows first: what is beyond is the oldest. */
export async function lookAtBacklog(
  store: BacklogStore,
  destinationNo: number,
  limits: BacklogLimits,
  nowMs: number,
): Promise<BacklogLook> {
  const oldest = await store.oldestRecordedAtMs(destinationNo);
  const walk = await walkBacklog(store, destinationNo, limits);
  return {
    atMs: nowMs,
    percents: {
      ...(limits.maxAgeMs === undefined
        ? {}
        : { age: oldest === undefined ? 0 : percentOf(nowMs - oldest, limits.maxAgeMs) }),
      ...(limits.maxRows === undefined ? {} : { rows: percentOf(walk.rows, limits.maxRows) }),
      ...(limits.maxBytes === undefined ? {} : { bytes: percentOf(walk.bytes, limits.maxBytes) }),
    },
    ...(oldest === undefined ? {} : { oldestRecordedAtMs: oldest }),
    ...(walk.cut === undefined ? {} : { cut: walk.cut }),
  };
}

interface Walk {
  readonly rows: number;
  readonly bytes: number;
  readonly cut?: BacklogLook['cut'];
}

async function walkBacklog(
  store: BacklogStore,
  destinationNo: number,
  { maxRows, maxBytes }: BacklogLimits,
): Promise<Walk> {
  let [rows, bytes] = [0, 0];
  let below = Number.MAX_SAFE_INTEGER;
  if (maxRows === undefined && maxBytes === undefined) return { rows, bytes };
  for (;;) {
    // One row more than the limit allows tells that it is passed.
    const wanted = Math.min(STEP_ROWS, maxRows === undefined ? Infinity : maxRows - rows + 1);
    const bytesLeft = maxBytes === undefined ? undefined : maxBytes - bytes;
    const step = await store.measure({
      destinationNo,
      belowRecordNo: below,
      maxRows: wanted,
      ...(bytesLeft === undefined ? {} : { bytesLeft }),
    });
    rows += step.rows;
    bytes += step.bytes;
    if (bytesLeft !== undefined && step.bytes > bytesLeft) {
      return { rows, bytes, cut: { belowRecordNo: step.lowestWithinBytes ?? below, limit: 'bytes' } };
    }
    if (step.lowestRecordNo === undefined) return { rows, bytes };
    if (maxRows !== undefined && rows > maxRows) {
      return { rows, bytes, cut: { belowRecordNo: step.lowestRecordNo + 1, limit: 'rows' } };
    }
    if (step.rows < wanted) return { rows, bytes };
    below = step.lowestRecordNo;
  }
}

function percentOf(value: number, limit: number): number {
  return Math.max(0, (value / limit) * 100);
}
