import { parseArgs } from 'node:util';
import type { SeedRange } from './seed-range.ts';
import { parseSeeds } from './seed-range.ts';

export interface SimulateOptions {
  readonly seeds: SeedRange;
  readonly trace: boolean;
  readonly sabotage: string | undefined;
  readonly jobs: number;
  readonly jsonFile: string | undefined;
  /** Answers with a report as JSON on stdout: for a parent process. */
  readonly child: boolean;
}

export const USAGE = `npm run simulate -- --seeds A..B          runs these worlds (default 1..200)
                        --seed N --trace      one world, every step of it on stdout: the same bytes each time
                        --sabotage NAME|all   breaks the engine on purpose, and says which invariant fell
                        --jobs N              side by side, in so many processes
                        --json FILE           writes the figures of the run`;

/** Throws with a sentence for the command line. */
export function parseOptions(args: readonly string[]): SimulateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
      sabotage: { type: 'string' },
      jobs: { type: 'string', default: '1' },
      json: { type: 'string' },
      child: { type: 'boolean', default: false },
    },
  });
  const jobs = Number(values.jobs);
  if (!Number.isSafeInteger(jobs) || jobs < 1)
    throw new RangeError(`--jobs takes a number from 1, not '${values.jobs}'`);
  const seeds = parseSeeds(values.seed ?? values.seeds ?? '1..200');
  if (values.trace && seeds.first !== seeds.last)
    throw new RangeError('--trace shows one world: name it with --seed N');
  return {
    seeds,
    jobs,
    trace: values.trace,
    sabotage: values.sabotage,
    jsonFile: values.json,
    child: values.child,
  };
}
