/** The value at `share` (0 to 1) of a list, by nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function ratio(value: number, base: number): string {
  return (value / base).toFixed(2);
}

export function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
