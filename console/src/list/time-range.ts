/** Ranges that people ask for, by the word in the address. */
export const TIME_RANGES: readonly { readonly word: string; readonly title: string; readonly ms: number }[] =
  [
    { word: '15m', title: 'Last 15 minutes', ms: 15 * 60_000 },
    { word: '1h', title: 'Last hour', ms: 3_600_000 },
    { word: '24h', title: 'Last 24 hours', ms: 86_400_000 },
    { word: '7d', title: 'Last 7 days', ms: 7 * 86_400_000 },
    { word: '30d', title: 'Last 30 days', ms: 30 * 86_400_000 },
  ];

/** Beginnings are cut to this, so that the address asked for stays the same while time goes on. */
const STEP_MS = 60_000;

/** The beginning of a range as the API takes it; undefined for any time. */
export function rangeStart(word: string | undefined, nowMs: number): string | undefined {
  const range = TIME_RANGES.find((one) => one.word === word);
  if (range === undefined) return undefined;
  return new Date(Math.floor((nowMs - range.ms) / STEP_MS) * STEP_MS).toISOString();
}
