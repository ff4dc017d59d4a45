/** Milliseconds since 1970 as RFC 3339 in UTC, the form of every time in an answer. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** As `timeText`; null for a time that has not come. */
export function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : timeText(ms);
}
