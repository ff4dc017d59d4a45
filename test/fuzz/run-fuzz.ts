import { pick, seededRandom } from '../support/seeded-random.ts';
import type { FuzzResult, FuzzTarget } from './fuzz-target.ts';
import { mutateBytes } from './mutate-bytes.ts';

/** Inputs kept to be changed further: some changes only bite on top of others. */
const MOST_KEPT = 500;
const MOST_CRASHES = 5;

/** Feeds one reader for a time: each seed as it is, then ever further changes of them. */
export async function runFuzz(
  target: FuzzTarget,
  { seed, forMs }: { readonly seed: number; readonly forMs: number },
): Promise<FuzzResult> {
  const random = seededRandom(seed);
  const kept: Buffer[] = target.seeds.map((text) => Buffer.from(text));
  const crashes: { input: Buffer; error: unknown }[] = [];
  let endMs = Number.POSITIVE_INFINITY;
  let inputs = 0;
  let longestTickMs = 0;
  let slowestInput: Buffer = Buffer.alloc(0);
  while (inputs < target.seeds.length || (performance.now() < endMs && crashes.length < MOST_CRASHES)) {
    const input = kept[inputs < target.seeds.length ? inputs : -1] ?? mutateBytes(pick(kept, random), random);
    inputs += 1;
    if (inputs === target.seeds.length + 1) endMs = performance.now() + forMs;
    const read = target.prepare?.(input) ?? input;
    const startedMs = threadMs();
    try {
      const reading = target.read(read);
      const tickMs = threadMs() - startedMs;
      // The first look at each example also loads and compiles what reads it.
      if (tickMs > longestTickMs && inputs > target.seeds.length) {
        longestTickMs = tickMs;
        slowestInput = input;
      }
      await reading;
    } catch (error) {
      crashes.push({ input, error });
    }
    if (random() < 0.05) {
      if (kept.length < MOST_KEPT) kept.push(input);
      else kept[target.seeds.length + Math.floor(random() * (MOST_KEPT - target.seeds.length))] = input;
    }
  }
  return { name: target.name, inputs, longestTickMs, slowestInput, crashes };
}

/** Time of this thread alone: on a busy machine the clock on the wall also counts what others do. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
