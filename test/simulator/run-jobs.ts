import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { addReports, EMPTY_REPORT } from './report.ts';
import type { Report } from './report.ts';
import type { SeedRange } from './seed-range.ts';
import { splitSeeds } from './seed-range.ts';

/** Runs the seeds in `jobs` processes side by side. */
export async function runJobs(seeds: SeedRange, jobs: number): Promise<Report> {
  const reports = await Promise.all(splitSeeds(seeds, jobs).map((part) => runInChild(part)));
  return reports.reduce(addReports, EMPTY_REPORT);
}

/** Runs seeds in a process of their own: with `sabotage`, on an engine that is broken on purpose. */
export async function runInChild(seeds: SeedRange, sabotage?: string): Promise<Report> {
  const args = ['--child', '--seeds', `${seeds.first}..${seeds.last}`];
  if (sabotage !== undefined) args.push('--sabotage', sabotage);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'simulate.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const text = Buffer.concat(chunks).toString();
  // A child that simulated answers with a report, whatever it found; one that could not start says why on stderr.
  if (text === '') throw new Error(`The process for seeds ${args[2] ?? ''} ended with ${code} and no report`);
  return JSON.parse(text) as Report;
}
