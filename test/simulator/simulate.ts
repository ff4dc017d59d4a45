/**
 * The deterministic simulator: the real delivery engine in worlds of simulated time, stores, processes, SIEMs and people.
 * One seed is one world. Exit code 1 when an invariant was broken, or a sabotage was not noticed.
 */
import { writeFile } from 'node:fs/promises';
import { installSabotage } from './sabotage/install-sabotage.ts';
import { sabotageTable } from './sabotage/sabotage-table.ts';
import { USAGE, parseOptions } from './simulate-options.ts';
import type { SimulateOptions } from './simulate-options.ts';

/** Steps before a violation that are shown. */
const TRACE_LINES_SHOWN = 40;

async function main(options: SimulateOptions): Promise<boolean> {
  if (options.sabotage === 'all') return sabotageTable(options.seeds, (line) => console.log(line));
  if (options.sabotage !== undefined) installSabotage(options.sabotage);
  // Only now is the engine loaded, as it is or as the sabotage makes it.
  const { runWorld } = await import('./world.ts');
  if (options.trace) {
    const world = await runWorld(options.seeds.first, { trace: true });
    console.log(world.trace.lines.join('\n'));
    return world.violation === undefined;
  }
  const { runSeeds } = await import('./run-seeds.ts');
  const { runJobs } = await import('./run-jobs.ts');
  const inOne = options.jobs === 1 || options.sabotage !== undefined;
  const report = inOne
    ? await runSeeds(options.seeds, { untilFirst: options.sabotage !== undefined })
    : await runJobs(options.seeds, options.jobs);
  const json = JSON.stringify(report, null, options.child ? undefined : 2);
  if (options.jsonFile !== undefined) await writeFile(options.jsonFile, `${json}\n`);
  if (options.child) {
    console.log(json);
    return true;
  }
  if (options.jsonFile === undefined) console.log(json);
  for (const violation of report.violations) {
    console.error(`\nseed ${violation.seed} broke ${violation.invariant}: ${violation.what}`);
  }
  const first = report.violations[0];
  if (first !== undefined) {
    const { trace } = await runWorld(first.seed, { trace: true });
    console.error(
      `\nseed ${first.seed}, the last steps:\n${trace.lines.slice(-TRACE_LINES_SHOWN).join('\n')}`,
    );
    console.error(`\nthe whole of it: npm run simulate -- --seed ${first.seed} --trace`);
  }
  return report.violations.length === 0;
}

try {
  const passed = await main(parseOptions(process.argv.slice(2)));
  process.exitCode = passed ? 0 : 1;
} catch (error) {
  console.error(
    error instanceof RangeError || error instanceof TypeError ? `${error.message}\n\n${USAGE}` : error,
  );
  process.exitCode = 2;
}
