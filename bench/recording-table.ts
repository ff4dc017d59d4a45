import type { RecordingTimes } from './bench-recording.ts';
import { median, quantile, ratio } from './measure.ts';
import type { BenchTable } from './report.ts';

/** What a transaction costs, and what of that is the enqueue. */
export function recordingTable(store: string, times: RecordingTimes): BenchTable {
  return {
    title: `One recording transaction: ${store}`,
    columns: ['what', 'median ms', 'ratio', 'p99 ms', 'ratio'],
    rows: (
      [
        ['alone', 'parse and insert the record alone'],
        ['noDestination', 'recordAttestation, no destination'],
        ['enqueued', 'recordAttestation, one destination'],
      ] as const
    ).map(([kind, what]) => {
      const [middle, tail] = [median(times[kind]), quantile(times[kind], 0.99)];
      return [
        what,
        middle.toFixed(3),
        ratio(middle, median(times.alone)),
        tail.toFixed(3),
        ratio(tail, quantile(times.alone, 0.99)),
      ];
    }),
    notes: [
      `The enqueue of a row adds ${ratio(median(times.enqueued), median(times.noDestination))} (third line to second, medians).`,
    ],
    figures: times,
  };
}
