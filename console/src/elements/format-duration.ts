const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** Two units at most: `3 d 4 h`, `12 min`, `45 s`, `850 ms`. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return seconds <= 0 ? '0 s' : `${Math.round(seconds * 1_000)} ms`;
  const whole = Math.floor(seconds);
  const at = UNITS.findIndex(([, size]) => whole >= size);
  const [unit, size] = UNITS[at] ?? ['s', 1];
  const count = Math.floor(whole / size);
  const next = UNITS[at + 1];
  // Minutes beside hours tell something; seconds beside minutes only make the text tremble.
  if (next === undefined || next[0] === 's') return `${count} ${unit}`;
  const rest = Math.floor((whole - count * size) / next[1]);
  return rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${next[0]}`;
}
