import { cpus, loadavg, totalmem } from 'node:os';

/** Under what a run was made: a figure without it says nothing. */
export interface Conditions {
  readonly at: string;
  readonly node: string;
  readonly processors: string;
  readonly memoryGb: number;
  /** Processes that wanted a processor, averaged over 1, 5 and 15 minutes, before the run began. */
  readonly loadBefore: readonly number[];
}

export function conditionsNow(): Conditions {
  const processors = cpus();
  return {
    at: new Date().toISOString(),
    node: process.version,
    processors: `${processors.length} x ${processors[0]?.model ?? 'unknown processor'}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadNow(),
  };
}

/** The load averages in hundredths. Always 0 on Windows, which has none. */
export function loadNow(): readonly number[] {
  return loadavg().map((load) => Math.round(load * 100) / 100);
}
