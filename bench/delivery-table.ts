import { join } from 'node:path';
import { deliverOnce, DELIVERY_CASES } from './delivery-runs.ts';
import { median, ratio, thousands } from './measure.ts';
import type { BenchTable } from './report.ts';
import type { SenderRun } from './sender-run.ts';
import { startSink } from './sink.ts';

const DELIVER_RUN = join(import.meta.dirname, 'deliver-run.ts');

/** Record and deliver so many events, on both stores, plain and with gzip, in turns. */
export async function deliveryTable(events: number, rounds: number): Promise<BenchTable> {
  const sink = await startSink();
  const cases = DELIVERY_CASES.map((each) => ({ ...each, runs: [] as SenderRun[] }));
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const entry of cases) entry.runs.push(await deliverOnce(DELIVER_RUN, entry, events, sink));
    }
  } finally {
    sink.stop();
  }
  const base = median(cases[0]?.runs.map(({ deliveredPerSecond }) => deliveredPerSecond) ?? []);
  return {
    title: `Delivery of ${thousands(events)} events to a sink on this machine, median of ${rounds} runs`,
    columns: [
      'store',
      'body',
      'record/s (groups of 500)',
      'deliver/s',
      'ratio',
      'CPU s / 100,000: record',
      'deliver',
      'peak MB',
    ],
    rows: cases.map(({ store, encoding, runs }) => {
      const of = (key: keyof SenderRun): number => median(runs.map((run) => run[key]));
      return [
        store,
        encoding,
        thousands(of('queuedPerSecond')),
        thousands(of('deliveredPerSecond')),
        ratio(of('deliveredPerSecond'), base),
        of('queueCpuSecondsPer100k').toFixed(2),
        of('deliverCpuSecondsPer100k').toFixed(2),
        of('peakRssMb').toFixed(0),
      ];
    }),
    figures: cases,
  };
}
