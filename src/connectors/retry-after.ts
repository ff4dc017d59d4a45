/** Shortest and longest wait that a remote may ask for. */
export const MIN_RETRY_AFTER_MS = 1_000;
export const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * How long the remote asks us to wait, from `Retry-After` (RFC 9110, section 10.2.3: seconds or an HTTP date), bounded. Of
 * several values the longest counts. Undefined when there is no header or none of its values can be read; a time in the
 * past or a negative number is the shortest wait.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const waits = valuesOf(value).flatMap((text) => {
    const wait = waitOf(text.trim(), nowMs);
    return wait === undefined ? [] : [wait];
  });
  if (waits.length === 0) return undefined;
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(MIN_RETRY_AFTER_MS, ...waits));
}

/** Several headers arrive joined by commas, and an HTTP date has one comma of its own. */
function valuesOf(value: string): readonly string[] {
  return value.match(/\s*[A-Za-z]{3,9},[^,]*|[^,]+/g) ?? [];
}

function waitOf(text: string, nowMs: number): number | undefined {
  if (/^[+-]?\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1_000;
  if (!/^[A-Za-z]{3}/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs - nowMs;
}
