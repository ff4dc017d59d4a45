import { generateAttestations } from '../test/support/generate-attestations.ts';
import { type BenchStore, BENCH_STORES, startBenchService } from './bench-service.ts';
import { median, thousands } from './measure.ts';
import type { BenchTable } from './report.ts';
import { type Sink, startSink } from './sink.ts';
import { BENCH_WORKSPACE, RECORD_GROUP } from './workload.ts';

/** Posts in flight: enough that the service is never idle. */
const POSTS_IN_FLIGHT = 4;
/** Posted first and not timed: what is measured is a service that runs, not one that starts. */
const WARM_UP_POSTS = 10;

interface RestRun {
  readonly recordedPerSecond: number;
  /** Of the service, until all are recorded; with a destination, what it delivered meanwhile is in it. */
  readonly cpuSecondsPer100k: number;
  readonly serverCpuSecondsPer100k: number;
  /** Share of the events that had arrived at the sink when the last one was recorded. */
  readonly arrivedShare: number;
}

/** Recording over REST in bodies of NDJSON, with the real service, without a destination and while it delivers. */
export async function restTable(records: number, rounds: number): Promise<BenchTable> {
  const cases = BENCH_STORES.flatMap((store) =>
    [false, true].map((delivers) => ({ store, delivers, runs: [] as RestRun[] })),
  );
  const sink = await startSink();
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const entry of cases)
        entry.runs.push(await recordOnce(entry.store, entry.delivers, records, sink));
    }
  } finally {
    sink.stop();
  }
  return {
    title: `Recording over REST: ${thousands(records)} records, NDJSON of ${RECORD_GROUP}, ${POSTS_IN_FLIGHT} posts in flight, median of ${rounds} rounds`,
    columns: [
      'store',
      'destination',
      'records/s',
      'service CPU s / 100,000',
      'PostgreSQL CPU s / 100,000',
      'delivered meanwhile',
    ],
    rows: cases.map(({ store, delivers, runs }) => {
      const of = (key: keyof RestRun): number => median(runs.map((run) => run[key]));
      return [
        store,
        delivers ? 'one, delivering' : 'none',
        thousands(of('recordedPerSecond')),
        of('cpuSecondsPer100k').toFixed(2),
        store === 'postgres' ? of('serverCpuSecondsPer100k').toFixed(2) : '-',
        delivers ? `${(of('arrivedShare') * 100).toFixed(0)} %` : '-',
      ];
    }),
    figures: cases,
  };
}

async function recordOnce(
  store: BenchStore,
  delivers: boolean,
  records: number,
  sink: Sink,
): Promise<RestRun> {
  const service = await startBenchService(store);
  await sink.reset();
  try {
    if (delivers) await service.addSplunk('rest', BENCH_WORKSPACE, sink.url);
    const bodies = ndjsonBodies(records + WARM_UP_POSTS * RECORD_GROUP);
    const post = (body: Buffer): Promise<void> => service.post(body, 'application/x-ndjson');
    for (const body of bodies.splice(0, WARM_UP_POSTS)) await post(body);
    const cpuBefore = service.cpuSeconds();
    const serverBefore = await service.serverCpuSeconds();
    const startedMs = performance.now();
    const left = bodies.values();
    await Promise.all(
      Array.from({ length: POSTS_IN_FLIGHT }, async () => {
        for (const body of left) await post(body);
      }),
    );
    const seconds = (performance.now() - startedMs) / 1_000;
    const arrived = (await sink.counts()).events;
    return {
      recordedPerSecond: records / seconds,
      cpuSecondsPer100k: ((service.cpuSeconds() - cpuBefore) / records) * 100_000,
      serverCpuSecondsPer100k: (((await service.serverCpuSeconds()) - serverBefore) / records) * 100_000,
      arrivedShare: arrived / (records + WARM_UP_POSTS * RECORD_GROUP),
    };
  } finally {
    await service.close();
  }
}

function ndjsonBodies(records: number): Buffer[] {
  const texts = [...generateAttestations({ seed: 41, count: records, workspaceId: BENCH_WORKSPACE })];
  const bodies: Buffer[] = [];
  for (let from = 0; from < records; from += RECORD_GROUP)
    bodies.push(Buffer.from(`${texts.slice(from, from + RECORD_GROUP).join('\n')}\n`));
  return bodies;
}
