/**
 * Our delivery beside other queues and senders, to the same sink with the same events. What is compared takes turns within one
 * run, so the ratios hold where absolute figures do not.
 *
 *   npm run bench:peers                                  about five minutes
 *   npm run bench:peers -- --only memory,stored          some of: postgres, memory, stored
 *   npm run bench:peers -- --events 20000 --rounds 5 --json FILE
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgresServer, usePostgres } from '../test/support/postgres.ts';
import { childRun } from './child-run.ts';
import { median, ratio, thousands } from './measure.ts';
import { postgresCpuSeconds } from './process-cpu.ts';
import { BenchReport } from './report.ts';
import type { SenderRun } from './sender-run.ts';
import { type Sink, startSink } from './sink.ts';

/** Events of a batch of the peers; with ours, as many as fit into 1 MB: about the same. */
const PEER_BATCH = 250;
const PEERS = join(import.meta.dirname, 'peers');

interface System {
  readonly name: string;
  readonly file: string;
  readonly store: 'sqlite' | 'postgres' | 'memory';
  /** Arguments of its file after the address of the store, that of the sink, and how many events. */
  readonly args: readonly string[];
}

interface Round extends SenderRun {
  /** Of the PostgreSQL server, both phases; NaN without one. */
  readonly serverCpuSecondsPer100k: number;
  /** Both phases, with the server's. */
  readonly cpuSecondsPer100k: number;
  readonly eventsPerRequest: number;
}

const OURS = join(import.meta.dirname, 'deliver-run.ts');
const ENGINE = join(import.meta.dirname, 'engine-run.ts');
const peer = (name: string): string => join(PEERS, `${name}-run.ts`);
const splunkLogging = (kind: 'stored' | 'mapped'): System => ({
  name: 'splunk-logging',
  file: peer('splunk-logging'),
  store: 'memory',
  args: [String(PEER_BATCH), kind],
});
const ON_POSTGRES: readonly System[] = [
  { name: 'aegis-siem on PostgreSQL', file: OURS, store: 'postgres', args: ['plain'] },
  { name: 'pg-boss', file: peer('pg-boss'), store: 'postgres', args: [String(PEER_BATCH)] },
  {
    name: 'graphile-worker, batched jobs',
    file: peer('graphile-worker'),
    store: 'postgres',
    args: [String(PEER_BATCH)],
  },
];
const ON_THIS_MACHINE: readonly System[] = [
  { name: 'aegis-siem on SQLite', file: OURS, store: 'sqlite', args: ['plain'] },
  splunkLogging('mapped'),
];
const OF_STORED_TEXTS: readonly System[] = [
  { name: 'the engine of aegis-siem on SQLite', file: ENGINE, store: 'sqlite', args: ['plain', 'stored'] },
  { name: 'the same with gzip', file: ENGINE, store: 'sqlite', args: ['gzip', 'stored'] },
  splunkLogging('stored'),
];

const COMPARISONS: Readonly<Record<string, () => Promise<void>>> = {
  postgres: () =>
    compare('On PostgreSQL, with the same durability (fsync, synchronous_commit), plain', ON_POSTGRES, [
      'The peers get events that are rendered already and only keep and post them; ours keeps the records and maps, numbers and hashes each event while it delivers.',
      'A phase of the peers ends with the answer of the sink, ours once the delivery is marked as well.',
      'graphile-worker is given whole batches as one job: it keeps no state for a single event.',
    ]),
  memory: () =>
    compare('Against a sender without a queue, plain', ON_THIS_MACHINE, [
      'splunk-logging keeps events in memory only: what is queued when the process ends is lost, and so is what the SIEM refuses. It is given events that are rendered already.',
    ]),
  stored: () =>
    compare('The same with stored texts of 1.4 kB, by the engine alone', OF_STORED_TEXTS, [
      'Nothing is mapped on either side. Ours reads each text from the store, numbers and hashes it, and keeps what became of it; without thread, record chain, retention and metrics.',
    ]),
};

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    events: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const events = Number(values.events);
const rounds = Number(values.rounds);
const names = values.only?.split(',') ?? Object.keys(COMPARISONS);
const unknown = names.filter((name) => COMPARISONS[name] === undefined);
if (unknown.length > 0)
  throw new RangeError(
    `--only: there is no ${unknown.join(', ')}; there are ${Object.keys(COMPARISONS).join(', ')}`,
  );

installPeers();
const report = new BenchReport();
const server = await startPostgresServer();
process.env['AEGIS_SIEM_TEST_POSTGRES_URL'] = server.url;
const sink = await startSink();
try {
  for (const name of names) await COMPARISONS[name]?.();
} finally {
  sink.stop();
  await server.stop();
}
report.save(values.json);

async function compare(title: string, systems: readonly System[], notes: readonly string[]): Promise<void> {
  const runs = systems.map((system) => ({ system, rounds: [] as Round[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { system, rounds: done } of runs) done.push(await runOnce(system, sink));
  }
  const ours = runs[0]?.rounds ?? [];
  const of = (list: readonly Round[], key: keyof Round): number => median(list.map((one) => one[key]));
  report.add({
    title: `${title}: ${thousands(events)} events, median of ${rounds} rounds`,
    columns: [
      'sender',
      'queue/s',
      'deliver/s',
      'ours : it',
      'both/s',
      'ours : it',
      'CPU s / 100,000: queue',
      'deliver',
      'server',
      'all',
      'it : ours',
      'events a request',
      'peak MB',
    ],
    rows: runs.map(({ system, rounds: done }) => [
      system.name,
      system.store === 'memory' ? '-' : thousands(of(done, 'queuedPerSecond')),
      thousands(of(done, 'deliveredPerSecond')),
      ratio(of(ours, 'deliveredPerSecond'), of(done, 'deliveredPerSecond')),
      thousands(of(done, 'wholePerSecond')),
      ratio(of(ours, 'wholePerSecond'), of(done, 'wholePerSecond')),
      of(done, 'queueCpuSecondsPer100k').toFixed(2),
      of(done, 'deliverCpuSecondsPer100k').toFixed(2),
      system.store === 'postgres' ? of(done, 'serverCpuSecondsPer100k').toFixed(2) : '-',
      of(done, 'cpuSecondsPer100k').toFixed(2),
      ratio(of(done, 'cpuSecondsPer100k'), of(ours, 'cpuSecondsPer100k')),
      of(done, 'eventsPerRequest').toFixed(0),
      of(done, 'peakRssMb').toFixed(0),
    ]),
    notes,
    figures: runs.map(({ system, rounds: done }) => ({ name: system.name, rounds: done })),
  });
}

async function runOnce({ name, file, store, args }: System, to: Sink): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-bench-'));
  const postgres = store === 'postgres' ? await usePostgres() : undefined;
  await to.reset();
  try {
    const cpuBefore = postgres === undefined ? Number.NaN : await postgresCpuSeconds(postgres.url);
    const url = postgres?.url ?? `sqlite:${join(folder, 'aegis.db')}`;
    const run = await childRun<SenderRun>(file, [url, to.url, String(events), ...args]);
    const cpuAfter = postgres === undefined ? Number.NaN : await postgresCpuSeconds(postgres.url);
    const arrived = await to.counts();
    if (arrived.events !== events)
      throw new Error(`${name}: ${arrived.events} of ${events} events arrived at the sink`);
    const serverCpuSecondsPer100k = ((cpuAfter - cpuBefore) / events) * 100_000;
    return {
      ...run,
      serverCpuSecondsPer100k,
      cpuSecondsPer100k:
        run.queueCpuSecondsPer100k +
        run.deliverCpuSecondsPer100k +
        (postgres === undefined ? 0 : serverCpuSecondsPer100k),
      eventsPerRequest: arrived.events / arrived.requests,
    };
  } finally {
    await postgres?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The peers are no dependency of the project: they are brought when they are measured for the first time. */
function installPeers(): void {
  if (existsSync(join(PEERS, 'node_modules'))) return;
  console.error('Installing the peers (npm ci in bench/peers) ...');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: PEERS,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}
