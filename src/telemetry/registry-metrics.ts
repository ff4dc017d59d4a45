import type { Attributes, HrTime } from '@opentelemetry/api';
import type * as Metrics from '@opentelemetry/sdk-metrics';
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';

export interface RegistryMetricParts {
  readonly sdk: Pick<typeof Metrics, 'AggregationTemporality' | 'DataPointType'>;
  /** When the numbers began to count: the start of this process. */
  readonly startMs: number;
  readonly nowMs: () => number;
}

interface Histogram {
  readonly attributes: Attributes;
  readonly bounds: number[];
  /** Prometheus counts all values up to a bound; the last is that of `+Inf`. */
  readonly upTo: number[];
  sum: number;
  count: number;
}

type Value = MetricValue<string> & { readonly metricName?: string };

/** `ValueType.DOUBLE`: the numbers of the registry are floating. */
const DOUBLE = 1;
const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1_000_000;

/** The registry's metrics under their own names, as the exporter takes them: read when it asks. */
export async function registryMetrics(
  registry: Pick<Registry, 'getMetricsAsJSON'>,
  parts: RegistryMetricParts,
): Promise<Metrics.MetricData[]> {
  const startTime = timeOf(parts.startMs);
  const metrics = await registry.getMetricsAsJSON();
  const endTime = timeOf(parts.nowMs());
  return metrics.flatMap((metric) => metricData(metric, { startTime, endTime }, parts.sdk) ?? []);
}

function metricData(
  metric: MetricObjectWithValues<MetricValue<string>>,
  times: { readonly startTime: HrTime; readonly endTime: HrTime },
  { AggregationTemporality, DataPointType }: RegistryMetricParts['sdk'],
): Metrics.MetricData | undefined {
  const descriptor = { name: metric.name, description: metric.help, unit: '', valueType: DOUBLE };
  const base = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  // The library's declaration says an enum, its answer is the word.
  const type = String(metric.type);
  if (type === 'counter' || type === 'gauge') {
    const dataPoints = metric.values.map(({ labels, value }) => ({
      ...times,
      attributes: attributesOf(labels),
      value,
    }));
    return type === 'counter'
      ? { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
      : { ...base, dataPointType: DataPointType.GAUGE, dataPoints };
  }
  // We declare no summaries; a test holds the exported names to those of the registry.
  if (type !== 'histogram') return undefined;
  const dataPoints = histograms(metric).map(({ attributes, bounds, upTo, sum, count }) => ({
    ...times,
    attributes,
    value: {
      buckets: { boundaries: bounds, counts: upTo.map((n, at) => n - (upTo[at - 1] ?? 0)) },
      sum,
      count,
    },
  }));
  return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints };
}

/** The lines of a histogram put together again, one for each set of labels. */
function histograms(metric: MetricObjectWithValues<MetricValue<string>>): readonly Histogram[] {
  const found = new Map<string, Histogram>();
  for (const { labels, value, metricName } of metric.values as readonly Value[]) {
    const { le, ...rest } = labels;
    const attributes = attributesOf(rest);
    const key = JSON.stringify(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const one = found.get(key) ?? { attributes, bounds: [], upTo: [], sum: 0, count: 0 };
    found.set(key, one);
    if (metricName === `${metric.name}_sum`) one.sum = value;
    else if (metricName === `${metric.name}_count`) one.count = value;
    else if (le !== undefined) {
      one.upTo.push(value);
      if (le !== '+Inf') one.bounds.push(Number(le));
    }
  }
  return [...found.values()];
}

function attributesOf(labels: Readonly<Record<string, string | number | undefined>>): Attributes {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / MS_PER_SECOND);
  return [seconds, Math.round((ms - seconds * MS_PER_SECOND) * NS_PER_MS)];
}
