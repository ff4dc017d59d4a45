const STEPS = [1, 2, 4, 6, 10] as const;

/** The next round number from `value` up whose half is round too: the top of an axis with three marks. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const size = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((one) => one * size >= value * (1 - Number.EPSILON)) ?? 10;
  return step * size;
}
