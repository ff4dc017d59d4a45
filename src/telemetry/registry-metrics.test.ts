import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@opentelemetry/sdk-metrics';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { registryMetrics } from './registry-metrics.ts';

const parts = { sdk, startMs: 1_500, nowMs: () => 61_250 };

test('counters, gauges and histograms keep names, labels and numbers', async () => {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: 'sent_total', help: 'Sent', labelNames: ['to'], registers }).inc({ to: 'a' }, 3);
  new Gauge({ name: 'waiting', help: 'Waiting', registers }).set(0.5);
  const seconds = new Histogram({
    name: 'took',
    help: 'Took',
    labelNames: ['to'],
    buckets: [1, 5],
    registers,
  });
  for (const value of [0.5, 0.7, 3, 100]) seconds.observe({ to: 'a' }, value);
  seconds.observe({ to: 'b' }, 5);

  const [sent, waiting, took, ...more] = await registryMetrics(registry, parts);
  assert.deepEqual(more, []);
  assert.deepEqual(sent?.descriptor, { name: 'sent_total', description: 'Sent', unit: '', valueType: 1 });
  assert.deepEqual(sent?.dataPoints, [
    { startTime: [1, 500_000_000], endTime: [61, 250_000_000], attributes: { to: 'a' }, value: 3 },
  ]);
  assert.ok(sent?.dataPointType === sdk.DataPointType.SUM && sent.isMonotonic);
  assert.equal(sent.aggregationTemporality, sdk.AggregationTemporality.CUMULATIVE);
  assert.equal(waiting?.dataPointType, sdk.DataPointType.GAUGE);
  assert.equal(waiting?.dataPoints[0]?.value, 0.5);
  assert.deepEqual(
    took?.dataPoints.map(({ attributes, value }) => ({ attributes, value })),
    [
      {
        attributes: { to: 'a' },
        value: { buckets: { boundaries: [1, 5], counts: [2, 1, 1] }, sum: 104.2, count: 4 },
      },
      {
        attributes: { to: 'b' },
        value: { buckets: { boundaries: [1, 5], counts: [0, 1, 0] }, sum: 5, count: 1 },
      },
    ],
  );
});
