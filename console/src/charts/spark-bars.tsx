import type { ReactNode } from 'react';
import { barsPath, SPARK_HEIGHT, SPARK_WIDTH } from './spark-bars-path.ts';
import './spark-bars.css';

export interface SparkBarsProps {
  /** One for each stretch of time, oldest first. */
  readonly values: readonly number[];
  readonly tone: 'accent' | 'wait' | 'bad';
  /** Says what the picture shows. */
  readonly label: string;
  readonly value: string;
}

/** A small picture of the last hour, and its newest value in words. */
export function SparkBars({ values, tone, label, value }: SparkBarsProps): ReactNode {
  return (
    <div className={`spark ${tone}`}>
      <p>
        <span className="spark-label">{label}</span> <span className="number">{value}</span>
      </p>
      <svg viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="spark-ground" d={`M0 ${SPARK_HEIGHT - 0.5}H${SPARK_WIDTH}`} />
        <path d={barsPath(values)} />
      </svg>
    </div>
  );
}
