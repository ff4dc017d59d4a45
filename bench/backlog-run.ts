/**
 * Starts to deliver a backlog, in a process of its own: `backlog-run.ts STORE_URL EVENTS KEY`. Measures the time to the first
 * finished batch and the memory until so many events are delivered, then stops. Prints one line of JSON.
 */
import { startDelivery } from '../src/start-delivery.ts';
import { openStore } from '../src/store/open-store.ts';

export interface BacklogRun {
  readonly firstBatchMs: number;
  /** CPU of the process until then: hardly moved by what else runs on the machine. */
  readonly firstBatchCpuMs: number;
  /** Resident memory before the delivery starts, when the first batch is finished, and at its highest. */
  readonly rssBeforeMb: number;
  readonly rssAtFirstBatchMb: number;
  readonly peakRssMb: number;
  readonly deliveredPerSecond: number;
}

const MB = 1024 * 1024;

const [storeUrl = '', eventsText = '', key = ''] = process.argv.slice(2);
const events = Number(eventsText);
const store = await openStore(storeUrl);
await store.ping();
const rssBeforeMb = process.memoryUsage.rss() / MB;
const startedMs = performance.now();
const enough = Promise.withResolvers<void>();
const startedCpu = process.cpuUsage();
let first: { readonly atMs: number; readonly cpuMs: number; readonly rssMb: number } | undefined;
let delivered = 0;
const delivery = await startDelivery(store, {
  keys: [{ keyId: 'k-backlog', key: Buffer.from(key, 'hex') }],
  egressAllow: 'http+127.0.0.1/32:1024-65535',
  checkpoints: 'none',
  logger: { info: () => undefined, warn: console.error, error: console.error },
  observer: {
    finished: (batch) => {
      delivered += batch.delivered;
      first ??= firstBatch();
      if (delivered >= events) enough.resolve();
    },
  },
});
await enough.promise;

const elapsedMs = performance.now() - startedMs;
await delivery.stop();
await store.close();
const run: BacklogRun = {
  firstBatchMs: (first?.atMs ?? startedMs) - startedMs,
  firstBatchCpuMs: first?.cpuMs ?? 0,
  rssBeforeMb,
  rssAtFirstBatchMb: first?.rssMb ?? 0,
  peakRssMb: process.resourceUsage().maxRSS / 1024,
  deliveredPerSecond: (delivered / elapsedMs) * 1_000,
};
console.log(JSON.stringify(run));

function firstBatch(): { readonly atMs: number; readonly cpuMs: number; readonly rssMb: number } {
  const { user, system } = process.cpuUsage(startedCpu);
  return {
    atMs: performance.now(),
    cpuMs: (user + system) / 1_000,
    rssMb: process.memoryUsage.rss() / MB,
  };
}
