import { join } from 'node:path';
import { childRun } from './child-run.ts';
import { deliverOnce, type DeliveryCase, DELIVERY_CASES } from './delivery-runs.ts';
import type { FloorRun } from './floor-run.ts';
import { median, ratio, thousands } from './measure.ts';
import type { BenchTable } from './report.ts';
import type { SenderRun } from './sender-run.ts';
import { startSink } from './sink.ts';

const ENGINE_RUN = join(import.meta.dirname, 'engine-run.ts');
const FLOOR_RUN = join(import.meta.dirname, 'floor-run.ts');

/** `stored`: the record's text as it is; `mapped`: the event that the product makes of it. */
type Events = 'stored' | 'mapped';

interface EngineCase extends DeliveryCase {
  readonly events: Events;
  readonly runs: SenderRun[];
}

/**
 * What the engine costs by itself, what mapping and size add, and the least that any sender does with the same bytes. Each round
 * takes everything once.
 */
export async function engineTable(events: number, rounds: number): Promise<BenchTable> {
  const sink = await startSink();
  const cases: EngineCase[] = DELIVERY_CASES.flatMap((each) =>
    (['stored', 'mapped'] as const).map((kind) => ({ ...each, events: kind, runs: [] as SenderRun[] })),
  );
  const floors = new Map<string, FloorRun[]>();
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const entry of cases) {
        entry.runs.push(await deliverOnce(ENGINE_RUN, entry, events, sink, entry.events));
        if (entry.store === 'sqlite') await measureFloor(floors, entry, events);
      }
    }
  } finally {
    sink.stop();
  }
  const floorOf = (entry: EngineCase): number =>
    median((floors.get(floorName(entry)) ?? []).map(({ cpuSecondsPer100k }) => cpuSecondsPer100k));
  const base = median(cases[0]?.runs.map(({ deliveredPerSecond }) => deliveredPerSecond) ?? []);
  return {
    title: `The engine alone: ${thousands(events)} events to a sink on this machine, median of ${rounds} runs`,
    columns: [
      'store',
      'events',
      'body',
      'bytes an event',
      'deliver/s',
      'ratio',
      'CPU s / 100,000',
      'the floor',
      'to the floor',
    ],
    rows: cases.map((entry) => {
      const of = (key: keyof SenderRun): number => median(entry.runs.map((run) => run[key]));
      const [floor] = floors.get(floorName(entry)) ?? [];
      return [
        entry.store,
        entry.events,
        entry.encoding,
        thousands(floor?.bytesPerEvent ?? Number.NaN),
        thousands(of('deliveredPerSecond')),
        ratio(of('deliveredPerSecond'), base),
        of('deliverCpuSecondsPer100k').toFixed(2),
        floorOf(entry).toFixed(2),
        ratio(of('deliverCpuSecondsPer100k'), floorOf(entry)),
      ];
    }),
    notes: [
      'Stored: the record as it is, numbered and hashed, without mapping. Without thread, record chain, retention and metrics.',
      'The floor: JSON.parse of the record, JSON.stringify of what is sent, UTF-8, SHA-256 and gzip level 1 of the same bytes.',
    ],
    figures: { cases, floors: Object.fromEntries(floors) },
  };
}

async function measureFloor(
  floors: Map<string, FloorRun[]>,
  entry: EngineCase,
  events: number,
): Promise<void> {
  const run = await childRun<FloorRun>(FLOOR_RUN, [String(events), entry.encoding, entry.events]);
  const name = floorName(entry);
  floors.set(name, [...(floors.get(name) ?? []), run]);
}

/** No store is in the floor: both are held against the same. */
function floorName({ encoding, events }: EngineCase): string {
  return `${encoding} ${events}`;
}
