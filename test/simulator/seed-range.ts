/** Seeds from `first` to `last`, both included. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
}

/** `A..B`, or one number. Throws with a sentence for the command line. */
export function parseSeeds(text: string): SeedRange {
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || !Number.isSafeInteger(last) || last < first) {
    throw new RangeError(`'${text}' names no seeds: write --seeds 1..2000, or --seed 7`);
  }
  return { first, last };
}

/** The range in at most `parts` ranges of about the same length. */
export function splitSeeds({ first, last }: SeedRange, parts: number): SeedRange[] {
  const each = Math.ceil((last - first + 1) / parts);
  const ranges: SeedRange[] = [];
  for (let from = first; from <= last; from += each) {
    ranges.push({ first: from, last: Math.min(last, from + each - 1) });
  }
  return ranges;
}
