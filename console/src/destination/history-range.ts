export interface HistoryRange {
  readonly title: string;
  readonly spanMs: number;
  readonly bucketSeconds: number;
}

const HOUR_MS = 3_600_000;

/** Spans that a chart shows, each in some sixty to two hundred steps. */
export const HISTORY_RANGES: readonly [HistoryRange, ...HistoryRange[]] = [
  { title: '1 h', spanMs: HOUR_MS, bucketSeconds: 60 },
  { title: '6 h', spanMs: 6 * HOUR_MS, bucketSeconds: 300 },
  { title: '24 h', spanMs: 24 * HOUR_MS, bucketSeconds: 900 },
  { title: '7 d', spanMs: 7 * 24 * HOUR_MS, bucketSeconds: 3_600 },
];

/** The address of a span that ends now. It changes once a bucket, so that the same answer is used in between. */
export function historyPath(
  destinationId: string,
  { spanMs, bucketSeconds }: HistoryRange,
  nowMs: number,
): string {
  const bucketMs = bucketSeconds * 1_000;
  const toMs = (Math.floor(nowMs / bucketMs) + 1) * bucketMs;
  const query = new URLSearchParams({
    from: new Date(toMs - spanMs).toISOString(),
    to: new Date(toMs).toISOString(),
    bucket_seconds: String(bucketSeconds),
  });
  return `/v1/siem/destinations/${destinationId}/history?${query}`;
}
