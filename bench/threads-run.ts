/**
 * Mapping on the thread that delivers, or in worker threads beside it: each record mapped, numbered, encoded for Splunk, hashed and put
 * into the memory of its batch, a few batches ahead as a lane has them. No store, no socket. Prints one line of JSON.
 *
 *   node bench/threads-run.ts COUNT THREADS     0: on the thread itself
 */
import { generateAttestations } from '../test/support/generate-attestations.ts';
import { mapBatch } from './map-batch.ts';
import { MappingThread } from './mapping-thread.ts';
import { BENCH_WORKSPACE, DELIVERY_SEED } from './workload.ts';

const BATCH_EVENTS = 250;
const IN_FLIGHT = 4;

export interface ThreadsRun {
  readonly mappedPerSecond: number;
  /** Of the whole process, and of the thread that would deliver: seconds for 100,000 events. */
  readonly cpuSecondsPer100k: number;
  readonly ownCpuSecondsPer100k: number;
}

const [countText = '', threadsText = ''] = process.argv.slice(2);
const count = Number(countText);
const threads = Number(threadsText);

const texts = [...generateAttestations({ seed: DELIVERY_SEED, count, workspaceId: BENCH_WORKSPACE })];
const batches = Array.from({ length: Math.ceil(count / BATCH_EVENTS) }, (_, no) =>
  texts.slice(no * BATCH_EVENTS, (no + 1) * BATCH_EVENTS),
);
const pool = Array.from({ length: threads }, () => new MappingThread());
// Compiled and warm on both sides before anything is timed: a service delivers for months.
await mapAll(batches.slice(0, Math.ceil(batches.length / 4)));
const cpuBefore = process.cpuUsage();
const ownBefore = process.threadCpuUsage();
const startedMs = performance.now();
const bytes = await mapAll(batches);
const seconds = (performance.now() - startedMs) / 1_000;
const cpu = process.cpuUsage(cpuBefore);
const own = process.threadCpuUsage(ownBefore);
if (bytes === 0) throw new Error('Nothing was done');
const per100k = ({ user, system }: NodeJS.CpuUsage): number => ((user + system) / 1e6 / count) * 100_000;
const result: ThreadsRun = {
  mappedPerSecond: count / seconds,
  cpuSecondsPer100k: per100k(cpu),
  ownCpuSecondsPer100k: per100k(own),
};
console.log(JSON.stringify(result));
await Promise.all(pool.map((thread) => thread.end()));

/** A few batches ahead, each by the next thread in turn. Answers how many bytes came of it. */
async function mapAll(all: readonly (readonly string[])[]): Promise<number> {
  let next = 0;
  let sum = 0;
  const walk = async (): Promise<void> => {
    while (next < all.length) {
      const no = next;
      next += 1;
      const records = all[no] ?? [];
      const thread = pool[no % Math.max(1, pool.length)];
      const firstSeq = no * BATCH_EVENTS + 1;
      const mapped = thread === undefined ? mapBatch(records, firstSeq) : await thread.map(records, firstSeq);
      sum += mapped.bytes.byteLength + mapped.hashes.byteLength;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, walk));
  return sum;
}
