import type { RecordingKind, RecordingTimes } from './bench-recording.ts';
import { median, quantile, ratio } from './measure.ts';
import type { BenchTable } from './report.ts';

const WHAT: readonly (readonly [RecordingKind, string])[] = [
  ['alone', 'parse, insert into a plain table'],
  ['record', 'parse, insert of the record, no enqueue'],
  ['noDestination', 'recordAttestation, no destination'],
  ['enqueued', 'recordAttestation, one destination'],
  ['prepared', 'the same with prepare'],
];

/** What a transaction costs, and what of that is the enqueue. */
export function recordingTable(store: string, times: RecordingTimes): BenchTable {
  const done = WHAT.filter(([kind]) => times[kind].length > 0);
  const middle = (kind: RecordingKind): number => median(times[kind]);
  const tail = (kind: RecordingKind): number => quantile(times[kind], 0.99);
  return {
    title: `One recording transaction: ${store}`,
    columns: [
      'what',
      'median ms',
      'to the plain table',
      'to recording alone',
      'p99 ms',
      'to recording alone',
    ],
    rows: done.map(([kind, what]) => [
      what,
      middle(kind).toFixed(3),
      ratio(middle(kind), middle('alone')),
      ratio(middle(kind), middle('record')),
      tail(kind).toFixed(3),
      ratio(tail(kind), tail('record')),
    ]),
    figures: Object.fromEntries(
      done.map(([kind]) => [kind, { medianMs: middle(kind), p99Ms: tail(kind), count: times[kind].length }]),
    ),
  };
}
