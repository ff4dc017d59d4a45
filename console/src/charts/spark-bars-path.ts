export const SPARK_WIDTH = 240;
export const SPARK_HEIGHT = 36;

/** Bars of equal width; the highest fills the picture. A value above zero is at least a pixel high. */
export function barsPath(values: readonly number[], width = SPARK_WIDTH, height = SPARK_HEIGHT): string {
  const highest = Math.max(...values, 0);
  if (highest === 0) return '';
  const step = width / values.length;
  return values
    .flatMap((value, index) => {
      if (value <= 0) return [];
      const size = Math.max(1, (value / highest) * height);
      return [`M${round(index * step)} ${height}v${round(-size)}h${round(step * 0.75)}v${round(size)}z`];
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
