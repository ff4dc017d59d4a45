import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type ArrivalSink, startArrivalSink } from './arrival-sink.ts';
import { type BenchService, type BenchStore, BENCH_STORES, startBenchService } from './bench-service.ts';
import { quantile, ratio } from './measure.ts';
import type { BenchTable } from './report.ts';
import { sendSteadily } from './steady-load.ts';

const WORKSPACE = 'ws-neighbours';
const DESTINATIONS = 20;
/** The last two are the bad ones in a run that has them; only the others are measured, in every run. */
const MEASURED = DESTINATIONS - 2;
const EVENTS_PER_SECOND = 10;
const SLOW_MS = 2_000;
const WARM_UP_SECONDS = 3;

type Neighbours = 'healthy' | 'bad';

interface NeighbourRun {
  readonly store: BenchStore;
  readonly neighbours: Neighbours;
  /** From the post to each of the measured destinations. */
  readonly delaysMs: number[];
}

/** Whether a dead and a slow destination among twenty delay the others. */
export async function neighboursTable(seconds: number, rounds: number): Promise<BenchTable> {
  const runs: NeighbourRun[] = BENCH_STORES.flatMap((store) =>
    (['healthy', 'bad'] as const).map((neighbours) => ({ store, neighbours, delaysMs: [] })),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const run of runs) run.delaysMs.push(...(await delays(run.store, run.neighbours, seconds)));
  }
  const healthyOf = (store: BenchStore): readonly number[] =>
    runs.find((run) => run.store === store && run.neighbours === 'healthy')?.delaysMs ?? [];
  return {
    title: `${DESTINATIONS} destinations, ${EVENTS_PER_SECOND} events/s to each: delay of ${MEASURED} of them, ${rounds} x ${seconds} s each`,
    columns: ['store', 'the other two', 'p50 ms', 'p99 ms', 'p50 ratio', 'p99 ratio'],
    rows: runs.map(({ store, neighbours, delaysMs }) => {
      const base = healthyOf(store);
      return [
        store,
        neighbours === 'healthy' ? 'healthy' : `one dead, one answers after ${SLOW_MS / 1_000} s`,
        quantile(delaysMs, 0.5).toFixed(1),
        quantile(delaysMs, 0.99).toFixed(1),
        ratio(quantile(delaysMs, 0.5), quantile(base, 0.5)),
        ratio(quantile(delaysMs, 0.99), quantile(base, 0.99)),
      ];
    }),
    figures: runs.map(({ store, neighbours, delaysMs }) => ({
      store,
      neighbours,
      deliveries: delaysMs.length,
      p50Ms: quantile(delaysMs, 0.5),
      p99Ms: quantile(delaysMs, 0.99),
    })),
  };
}

async function delays(store: BenchStore, neighbours: Neighbours, seconds: number): Promise<number[]> {
  const service = await startBenchService(store);
  const sentMs = new Map<string, number>();
  const arrived: { readonly uid: string; readonly atMs: number }[] = [];
  const expected = EVENTS_PER_SECOND * (WARM_UP_SECONDS + seconds) * MEASURED;
  const { promise: complete, resolve } = Promise.withResolvers<void>();
  const onEvent = (uid: string, atMs: number): void => {
    arrived.push({ uid, atMs });
    if (arrived.length === expected) resolve();
  };
  const sinks: ArrivalSink[] = [];
  try {
    for (let index = 0; index < MEASURED; index += 1) sinks.push(await startArrivalSink({ onEvent }));
    for (const sink of sinks) await addDestination(service, sink.url);
    if (neighbours === 'bad') {
      const slow = await startArrivalSink({ onEvent: () => undefined, answerAfterMs: SLOW_MS });
      sinks.push(slow);
      await addDestination(service, slow.url);
      await addDestination(service, await deadUrl());
    } else {
      for (let index = MEASURED; index < DESTINATIONS; index += 1) {
        const sink = await startArrivalSink({ onEvent: () => undefined });
        sinks.push(sink);
        await addDestination(service, sink.url);
      }
    }
    const load = {
      workspaceId: WORKSPACE,
      eventsPerSecond: EVENTS_PER_SECOND,
      onSend: (id: string, atMs: number) => void sentMs.set(id, atMs),
    };
    await sendSteadily(service, { ...load, seed: 51, seconds: WARM_UP_SECONDS });
    const warm = new Set(sentMs.keys());
    await sendSteadily(service, { ...load, seed: 52, seconds });
    await complete;
    return arrived
      .filter(({ uid }) => !warm.has(uid))
      .map(({ uid, atMs }) => atMs - (sentMs.get(uid) ?? Number.NaN));
  } finally {
    await service.close();
    await Promise.all(sinks.map((sink) => sink.close()));
  }
}

function addDestination(service: BenchService, url: string): Promise<void> {
  return service.addSplunk(`neighbour ${new URL(url).port}`, WORKSPACE, url);
}

/** A port that was free a moment ago: a connection to it is refused. */
async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}
