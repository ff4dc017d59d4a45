import type { ReactNode } from 'react';
import './spark-bars.css';

export interface SparkBarsProps {
  /** One for each stretch of time, oldest first. */
  readonly values: readonly number[];
  readonly tone: 'accent' | 'wait' | 'bad';
  /** Says what the picture shows. */
  readonly label: string;
  readonly value: string;
}

const WIDTH = 240;
const HEIGHT = 36;

/** A small picture of the last hour, and its newest value in words. */
export function SparkBars({ values, tone, label, value }: SparkBarsProps): ReactNode {
  return (
    <div className={`spark ${tone}`}>
      <p>
        <span className="spark-label">{label}</span> <span className="number">{value}</span>
      </p>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="spark-ground" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
        <path d={barsPath(values)} />
      </svg>
    </div>
  );
}

/** Bars of equal width; the highest fills the picture. A value above zero is at least a pixel high. */
export function barsPath(values: readonly number[], width = WIDTH, height = HEIGHT): string {
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
