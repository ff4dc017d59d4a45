import type { FaultCounts } from './fault-class.ts';
import type { Violation } from './judge.ts';
import type { WorldResult } from './world.ts';

export interface SeedViolation extends Violation {
  readonly seed: number;
}

/** What a run of many seeds came to. */
export interface Report {
  readonly seeds: number;
  readonly records: number;
  /** Events that the SIEMs took, repeats included. */
  readonly eventsTaken: number;
  readonly requests: number;
  readonly simulatedDays: number;
  readonly wallSeconds: number;
  readonly faults: FaultCounts;
  /** Counted by the engine as possible doubles, by cause. */
  readonly doubles: Readonly<Record<string, number>>;
  readonly violations: readonly SeedViolation[];
}

const DAY_MS = 86_400_000;

export const EMPTY_REPORT: Report = Object.freeze({
  seeds: 0,
  records: 0,
  eventsTaken: 0,
  requests: 0,
  simulatedDays: 0,
  wallSeconds: 0,
  faults: {},
  doubles: {},
  violations: [],
});

export function reportOf(world: WorldResult): Report {
  const { seed, violation, records, eventsTaken, requests, simulatedMs, faults, doubles } = world;
  return {
    seeds: 1,
    records,
    eventsTaken,
    requests,
    simulatedDays: simulatedMs / DAY_MS,
    wallSeconds: 0,
    faults,
    doubles,
    violations: violation === undefined ? [] : [{ seed, ...violation }],
  };
}

/** Both together. Wall time is the longer one: the parts ran side by side. */
export function addReports(a: Report, b: Report): Report {
  return {
    seeds: a.seeds + b.seeds,
    records: a.records + b.records,
    eventsTaken: a.eventsTaken + b.eventsTaken,
    requests: a.requests + b.requests,
    simulatedDays: a.simulatedDays + b.simulatedDays,
    wallSeconds: Math.max(a.wallSeconds, b.wallSeconds),
    faults: addCounts(a.faults, b.faults),
    doubles: addCounts(a.doubles, b.doubles),
    violations: [...a.violations, ...b.violations],
  };
}

function addCounts<Counts extends Readonly<Record<string, number>>>(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum as Counts;
}
