/**
 * One delivery run in a process of its own, so that CPU and peak memory are of that run alone: records events into a store,
 * then delivers them to a sink. Prints one line of JSON.
 *
 *   node bench/deliver-run.ts STORE_URL SINK_URL COUNT GZIP
 */
import { onceDelivered } from './once-delivered.ts';
import { openStore } from '../src/store/open-store.ts';
import { startDelivery } from '../src/start-delivery.ts';
import { generateAttestations } from '../test/support/generate-attestations.ts';
import { parseAttestation } from '../src/attestation/parse-attestation.ts';
import { addBenchDestination, BENCH_KEY } from './bench-destination.ts';

const WORKSPACE = 'ws-bench';
const GROUP = 500;

export interface DeliverRun {
  readonly recordedPerSecond: number;
  readonly deliveredPerSecond: number;
  /** User and system time of the delivering process, for 100,000 events. */
  readonly cpuSecondsPer100k: number;
  readonly peakRssMb: number;
}

const [storeUrl = '', sinkUrl = '', countText = '', gzip = ''] = process.argv.slice(2);
const count = Number(countText);
const store = await openStore(storeUrl);
await store.migrate();
await addBenchDestination(store, {
  url: sinkUrl,
  workspaceId: WORKSPACE,
  state: 'active',
  gzip: gzip === 'gzip',
});

const drafts = [...generateAttestations({ seed: 21, count, workspaceId: WORKSPACE })].map((body) => {
  const parsed = parseAttestation(body);
  if (!parsed.ok) throw new Error(parsed.refusal.message);
  return { recordId: parsed.attestation.attestation_id, workspaceId: WORKSPACE, body };
});
const recordingMs = performance.now();
for (let from = 0; from < count; from += GROUP)
  await store.record.recordAttestations(drafts.slice(from, from + GROUP));
const recordedPerSecond = (count / (performance.now() - recordingMs)) * 1_000;
drafts.length = 0;

const cpuBefore = process.cpuUsage();
const startedMs = performance.now();
const seen = onceDelivered(count);
const delivery = await startDelivery(store, {
  keys: [BENCH_KEY],
  egressAllow: 'http+127.0.0.1/32:1024-65535',
  ambientIdentity: false,
  owner: `bench-${process.pid}`,
  logger: { info: () => undefined, warn: console.error, error: console.error },
  observer: seen.observer,
});
await seen.done;
const elapsedMs = performance.now() - startedMs;
const cpu = process.cpuUsage(cpuBefore);
await delivery.stop();
await store.close();
const run: DeliverRun = {
  recordedPerSecond,
  deliveredPerSecond: (count / elapsedMs) * 1_000,
  cpuSecondsPer100k: ((cpu.user + cpu.system) / 1e6 / count) * 100_000,
  peakRssMb: process.resourceUsage().maxRSS / 1024,
};
console.log(JSON.stringify(run));
