/** Lets the first `most` values of a label through; the others share one, so that the number of series is bounded. */
export function boundedLabel(most: number, others: string): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= most) return others;
    known.add(value);
    return value;
  };
}
