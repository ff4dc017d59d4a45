/** Numbers from `from` to `to`, both included. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

const RANGES = /^(?:[1-9]\d{0,9}(?:-[1-9]\d{0,9})?)(?:,[1-9]\d{0,9}(?:-[1-9]\d{0,9})?)*$/;

/** `12,40-1040`; an empty text for none. The ranges ascend and do not touch. */
export function formatRanges(ranges: readonly NumberRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** Undefined for a text that `formatRanges` does not give: one list of numbers has one text. */
export function parseRanges(text: string): NumberRange[] | undefined {
  if (text === '') return [];
  if (!RANGES.test(text)) return undefined;
  const ranges = text.split(',').map((part) => {
    const [from = '', to = from] = part.split('-');
    return { from: Number(from), to: Number(to) };
  });
  return formatRanges(joinRanges(ranges)) === text ? ranges : undefined;
}

/** Puts a number at the end of ascending ranges. */
export function addNumber(ranges: NumberRange[], number: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && last.to + 1 === number)
    ranges[ranges.length - 1] = { from: last.from, to: number };
  else ranges.push({ from: number, to: number });
}

export function countNumbers(ranges: readonly NumberRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** The same numbers as ascending ranges that do not touch. */
function joinRanges(ranges: readonly NumberRange[]): NumberRange[] {
  const joined: NumberRange[] = [];
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to + 1) {
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    } else if (from <= to) joined.push({ from, to });
  }
  return joined;
}
