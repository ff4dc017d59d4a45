import { runInChild } from '../run-jobs.ts';
import type { SeedRange } from '../seed-range.ts';
import { ALL_SABOTAGES } from './all-sabotages.ts';
import type { Sabotage } from './sabotage.ts';

export interface Finding {
  readonly name: string;
  readonly what: string;
  /** Absent: no seed noticed. */
  readonly invariant?: string;
  readonly seedsNeeded: number;
}

/** Processes side by side. */
const PROCESSES = 2;

/** Breaks the engine in each way, and says which invariant fell and how many seeds that took. True when all were noticed. */
export async function sabotageTable(seeds: SeedRange, print: (line: string) => void): Promise<boolean> {
  const width = Math.max(...ALL_SABOTAGES.map(({ name }) => name.length));
  print(`${'sabotage'.padEnd(width)}  ${'invariant that fell'.padEnd(26)}  seeds`);
  const findings = await findAll(seeds, ({ name, invariant, seedsNeeded }) =>
    print(`${name.padEnd(width)}  ${(invariant ?? 'NOT NOTICED').padEnd(26)}  ${seedsNeeded}`),
  );
  return findings.every(({ invariant }) => invariant !== undefined);
}

/** One finding for each sabotage, in their order. */
export async function findAll(seeds: SeedRange, found: (finding: Finding) => void): Promise<Finding[]> {
  const findings: Finding[] = [];
  const waiting = [...ALL_SABOTAGES.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, sabotage] = next;
      const finding = await find(sabotage, seeds);
      findings[index] = finding;
      found(finding);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  return findings;
}

async function find({ name, what }: Sabotage, seeds: SeedRange): Promise<Finding> {
  const report = await runInChild(seeds, name);
  const invariant = report.violations[0]?.invariant;
  return { name, what, seedsNeeded: report.seeds, ...(invariant === undefined ? {} : { invariant }) };
}
