/**
 * Kills the real service again and again under load and checks that nothing was lost.
 *
 *   npm run torture -- --rounds 50                     on both stores
 *   npm run torture -- --rounds 500 --store sqlite     on one
 *   npm run torture -- --seed 7 --json reports/torture.json
 *   npm run torture -- --strikes stops --rounds 100    asks them to stop (SIGTERM) instead: nothing may come twice
 *
 * Exit status 1 when a promise was broken.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { StrikeKind } from './strikes.ts';
import { type TortureReport, tortureRun } from './torture-run.ts';
import type { TortureStore } from './torture-world.ts';

const MAX_ROUNDS = 100_000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    store: { type: 'string', default: 'both' },
    seed: { type: 'string' },
    strikes: { type: 'string', default: 'faults' },
    json: { type: 'string' },
  },
});

// What was started ends with this process, and this process ends in an orderly way.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const rounds = wholeNumber('rounds', values.rounds, 1, MAX_ROUNDS);
const seed = wholeNumber('seed', values.seed ?? String(Date.now() % 2 ** 31), 0, 2 ** 31);
const strikes = strikesOf(values.strikes);
const reports: TortureReport[] = [];
for (const store of storesOf(values.store)) {
  const report = await tortureRun({
    store,
    rounds,
    seed,
    acknowledgement: true,
    strikes,
    log: (line) => console.error(line),
  });
  reports.push(report);
  console.log(summary(report));
}
if (values.json !== undefined) {
  const circumstances = {
    date: new Date().toISOString(),
    node: process.version,
    machine: `${cpus().length} cores ${cpus()[0]?.model ?? ''}, load ${loadavg()[0]?.toFixed(1)} at the end`,
    command: `npm run torture -- --rounds ${rounds} --store ${values.store} --seed ${seed}${strikes === 'faults' ? '' : ` --strikes ${strikes}`}`,
  };
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(
    values.json,
    `${JSON.stringify({ name: strikes === 'stops' ? 'stops' : 'torture', ...circumstances, seed, runs: reports }, null, 2)}\n`,
  );
}
if (reports.some(({ violations }) => violations.length > 0)) process.exitCode = 1;

function summary(report: TortureReport): string {
  const lines = [
    `${report.storeVersion}, seed ${report.seed}: ${report.rounds} rounds, ${report.kills} kills in ${report.seconds} s`,
    ...Object.entries(report.strikes).map(([name, times]) => `  ${times} x ${name}`),
    `  ${report.sent} sent, ${report.accepted} accepted, ${report.recorded} recorded; ${report.unanswered} requests without an answer, ${report.refused} refused for a time`,
    ...report.destinations.map(
      (one) =>
        `  ${one.destination}: ${one.received} received, ${one.waiting} waiting, ${one.dead} dead; ${one.repeatedRequests} requests repeated (at most ${report.maxRepeatedRequests[one.destination]} were in flight), ${one.repeatedEvents} events twice`,
    ),
    ...Object.entries(report.proofs).map(
      ([name, proof]) =>
        `  ${name}: verify finds it ${proof.complete ? 'complete' : 'NOT COMPLETE'}, ${proof.checkpoints} checkpoints proved`,
    ),
    `  integrity ${report.integrity}; recovery ${report.recoveryMs.median} ms (median), ${report.recoveryMs.longest} ms (longest)`,
    ...(report.stopMs.longest === 0
      ? []
      : [`  a stop took ${report.stopMs.median} ms (median), ${report.stopMs.longest} ms (longest)`]),
    report.violations.length === 0
      ? '  nothing lost, no number missing, every checkpoint proved'
      : report.violations.map((sentence) => `  BROKEN: ${sentence}`).join('\n'),
  ];
  return lines.join('\n');
}

function storesOf(word: string): readonly TortureStore[] {
  if (word === 'both') return ['sqlite', 'postgres'];
  if (word === 'sqlite' || word === 'postgres') return [word];
  throw new RangeError(`--store takes sqlite, postgres or both, not "${word}"`);
}

function strikesOf(word: string): StrikeKind {
  if (word === 'faults' || word === 'stops') return word;
  throw new RangeError(`--strikes takes faults or stops, not "${word}"`);
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new RangeError(`--${name} takes a whole number from ${min} to ${max}, not "${text}"`);
}
