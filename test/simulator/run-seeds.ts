import { addReports, EMPTY_REPORT, reportOf } from './report.ts';
import type { Report } from './report.ts';
import type { SeedRange } from './seed-range.ts';
import { runWorld } from './world.ts';

export interface RunOptions {
  /** Stops at the first seed that breaks an invariant. */
  readonly untilFirst?: boolean;
}

/** Runs worlds one after another in this process. */
export async function runSeeds({ first, last }: SeedRange, options: RunOptions = {}): Promise<Report> {
  const startedMs = performance.now();
  let report = EMPTY_REPORT;
  for (let seed = first; seed <= last; seed += 1) {
    report = addReports(report, reportOf(await runWorld(seed)));
    if (options.untilFirst === true && report.violations.length > 0) break;
  }
  return { ...report, wallSeconds: (performance.now() - startedMs) / 1_000 };
}
