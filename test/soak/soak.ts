/**
 * Runs the real service for long at half of what it can do, with a SIEM that fails now and then, and looks at what grows.
 *
 *   npm run soak -- --minutes 240                              on both stores, one after the other
 *   npm run soak -- --minutes 8 --store sqlite --json reports/soak.json
 *   npm run soak -- --minutes 8 --per-second 500               at a rate of your own
 *
 * Exit status 1 when something was lost, or grew beyond its bound (`SOAK_BOUNDS`).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { type SoakReport, soakRun, type SoakStore } from './soak-run.ts';

const SAMPLE_EVERY_MS = 5_000;
const FAULT_EVERY_MS = 15_000;
const MAX_MINUTES = 10_080;
const MAX_PER_SECOND = 100_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    store: { type: 'string', default: 'both' },
    'per-second': { type: 'string' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});

// What was started ends with this process, and this process ends in an orderly way.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const minutes = wholeNumber('minutes', values.minutes, 1, MAX_MINUTES);
const seed = wholeNumber('seed', values.seed, 0, 2 ** 31);
const perSecond = values['per-second'];
const rate =
  perSecond === undefined ? {} : { perSecond: wholeNumber('per-second', perSecond, 1, MAX_PER_SECOND) };
const reports: SoakReport[] = [];
for (const store of storesOf(values.store)) {
  const report = await soakRun({
    store,
    minutes,
    seed,
    ...rate,
    sampleEveryMs: SAMPLE_EVERY_MS,
    faultEveryMs: FAULT_EVERY_MS,
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
    command: `npm run soak -- --minutes ${minutes} --store ${values.store}${perSecond === undefined ? '' : ` --per-second ${perSecond}`}`,
  };
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(
    values.json,
    `${JSON.stringify({ name: 'soak', ...circumstances, seed, runs: reports }, null, 2)}\n`,
  );
}
if (reports.some(({ violations }) => violations.length > 0)) process.exitCode = 1;

function summary(report: SoakReport): string {
  const { memoryMiB, openHandles, diskBytesAnEvent, delayMs, delayP99Ms } = report;
  const faults = Object.entries(report.faultsPlanned).map(([name, times]) => `${times} x ${name}`);
  return [
    `${report.store}: ${report.minutes} minutes at ${report.perSecond} records a second`,
    `  ${report.recorded} recorded, ${report.arrived} arrived, ${report.lost} lost; ${report.repeated} came twice (at most ${report.countedDoubles} were counted)`,
    `  faults: ${faults.join(', ')}`,
    `  memory ${memoryMiB.second} -> ${memoryMiB.last} MiB (${memoryMiB.slopePerHour} MiB an hour), handles ${openHandles.second} -> ${openHandles.last}`,
    `  log ${report.mostLogMiB} MiB at most, disk ${diskBytesAnEvent.firstHalf} -> ${diskBytesAnEvent.secondHalf} bytes an event`,
    `  delay p50 ${delayMs.p50} ms, p99 ${delayMs.p99} ms (${delayP99Ms.second} -> ${delayP99Ms.last}), longest ${delayMs.longest} ms; ${report.mostOpenRows} rows waited at most`,
    ...report.violations.map((sentence) => `  BROKEN: ${sentence}`),
  ].join('\n');
}

function storesOf(word: string): readonly SoakStore[] {
  if (word === 'both') return ['sqlite', 'postgres'];
  if (word === 'sqlite' || word === 'postgres') return [word];
  throw new RangeError(`--store takes sqlite, postgres or both, not "${word}"`);
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new RangeError(`--${name} takes a whole number from ${min} to ${max}, not "${text}"`);
}
