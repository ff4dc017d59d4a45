import type { AttemptRow } from '../store/admin-store.ts';
import type { HistoryBucket } from '../store/history-store.ts';
import { timeText } from './time-text.ts';

export interface HistorySpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMs: number;
}

/** Every bucket of the span, the empty ones too: a chart must fall to zero where nothing was delivered. */
export function historyView(
  destinationId: string,
  { fromMs, toMs, bucketMs }: HistorySpan,
  buckets: readonly HistoryBucket[],
  failedSends: readonly AttemptRow[],
): object {
  const byStart = new Map(buckets.map((bucket) => [bucket.startMs, bucket]));
  const failed = new Map<number, number>();
  for (const { atMs } of failedSends) {
    const start = Math.floor(atMs / bucketMs) * bucketMs;
    failed.set(start, (failed.get(start) ?? 0) + 1);
  }
  const first = Math.floor(fromMs / bucketMs) * bucketMs;
  const views: object[] = [];
  for (let start = first; start < toMs; start += bucketMs) {
    views.push(bucketView(start, byStart.get(start), failed.get(start) ?? 0));
  }
  return {
    destination_id: destinationId,
    from: timeText(first),
    to: timeText(toMs),
    bucket_seconds: bucketMs / 1_000,
    buckets: views,
  };
}

function bucketView(startMs: number, bucket: HistoryBucket | undefined, failedSends: number): object {
  return {
    start: timeText(startMs),
    delivered: bucket?.delivered ?? 0,
    replayed: bucket?.replayed ?? 0,
    tombstones: bucket?.tombstones ?? 0,
    left_out: bucket?.leftOut ?? 0,
    batches: bucket?.batches ?? 0,
    failed_sends: failedSends,
    delay_mean_seconds: secondsOrNull(bucket?.delayMeanMs),
    delay_max_seconds: secondsOrNull(bucket?.delayMaxMs),
  };
}

function secondsOrNull(ms: number | undefined): number | null {
  return ms === undefined ? null : ms / 1_000;
}
