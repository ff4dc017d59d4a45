import { type BenchStore, BENCH_STORES, startBenchService } from './bench-service.ts';
import { quantile } from './measure.ts';
import type { BenchTable } from './report.ts';
import { startArrivalSink } from './arrival-sink.ts';
import { sendSteadily } from './steady-load.ts';

const WORKSPACE = 'ws-latency';
const RATES = [10, 100] as const;
const AIM_MS = 100;
/** The first seconds after a start are compiling, not delivering. */
const WARM_UP_SECONDS = 3;

interface Latency {
  readonly store: BenchStore;
  readonly eventsPerSecond: number;
  /** From just before the post to the service's answer. */
  readonly answerMs: readonly number[];
  /** From just before the post until the SIEM has the event in full. */
  readonly arrivalMs: readonly number[];
  readonly requestsPerSecond: number;
  /** Of the service, for each event. */
  readonly cpuMsPerEvent: number;
}

/** How long after it was posted an event is in the SIEM, at a low and steady rate, through the real service. */
export async function latencyTable(seconds: number): Promise<BenchTable> {
  const all: Latency[] = [];
  for (const eventsPerSecond of RATES) {
    for (const store of BENCH_STORES) all.push(await measure(store, eventsPerSecond, seconds));
  }
  return {
    title: `From POST to the SIEM, one record a request, ${seconds} s each`,
    columns: [
      'store',
      'events/s',
      'answer p50 ms',
      'p99',
      'in the SIEM p50 ms',
      'p99',
      'max',
      'p99 < 100',
      'requests/s',
      'service CPU ms an event',
    ],
    rows: all.map(({ store, eventsPerSecond, answerMs, arrivalMs, requestsPerSecond, cpuMsPerEvent }) => {
      const tail = quantile(arrivalMs, 0.99);
      return [
        store,
        String(eventsPerSecond),
        quantile(answerMs, 0.5).toFixed(1),
        quantile(answerMs, 0.99).toFixed(1),
        quantile(arrivalMs, 0.5).toFixed(1),
        tail.toFixed(1),
        Math.max(...arrivalMs).toFixed(1),
        tail < AIM_MS ? 'yes' : 'no',
        requestsPerSecond.toFixed(1),
        cpuMsPerEvent.toFixed(1),
      ];
    }),
    notes: ['Gzip as by default; service, sender and SIEM share the machine.'],
    figures: all.map(({ store, eventsPerSecond, answerMs, arrivalMs, requestsPerSecond, cpuMsPerEvent }) => ({
      store,
      eventsPerSecond,
      events: arrivalMs.length,
      answerMs: summary(answerMs),
      arrivalMs: summary(arrivalMs),
      requestsPerSecond,
      cpuMsPerEvent,
    })),
  };
}

async function measure(store: BenchStore, eventsPerSecond: number, seconds: number): Promise<Latency> {
  const service = await startBenchService(store);
  const sentMs = new Map<string, number>();
  const arrivedMs = new Map<string, number>();
  const { promise: complete, resolve } = Promise.withResolvers<void>();
  const events = eventsPerSecond * (WARM_UP_SECONDS + seconds);
  const sink = await startArrivalSink({
    onEvent: (uid, atMs) => {
      if (!arrivedMs.has(uid)) arrivedMs.set(uid, atMs);
      if (arrivedMs.size === events) resolve();
    },
  });
  try {
    await service.addSplunk('latency', WORKSPACE, sink.url);
    const load = {
      workspaceId: WORKSPACE,
      eventsPerSecond,
      onSend: (id: string, atMs: number) => void sentMs.set(id, atMs),
    };
    await sendSteadily(service, { ...load, seed: 31, seconds: WARM_UP_SECONDS });
    const warm = new Set(sentMs.keys());
    const requestsBefore = sink.requests();
    const cpuBefore = service.cpuSeconds();
    const answerMs = await sendSteadily(service, { ...load, seed: 32, seconds });
    await complete;
    const cpuMsPerEvent = ((service.cpuSeconds() - cpuBefore) / (eventsPerSecond * seconds)) * 1_000;
    const requestsPerSecond = (sink.requests() - requestsBefore) / seconds;
    const arrivalMs = [...sentMs]
      .filter(([id]) => !warm.has(id))
      .map(([id, atMs]) => (arrivedMs.get(id) ?? Number.NaN) - atMs);
    return { store, eventsPerSecond, answerMs, arrivalMs, requestsPerSecond, cpuMsPerEvent };
  } finally {
    await service.close();
    await sink.close();
  }
}

function summary(values: readonly number[]): { p50: number; p99: number; max: number } {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: Math.max(...values) };
}
