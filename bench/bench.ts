/**
 * Measures recording, mapping and delivery, and prints ratios: absolute figures depend on the machine and on what else runs
 * on it. Everything of one comparison is taken in turns within one run.
 *
 *   npm run bench                     all, about five minutes
 *   npm run bench -- --events 20000   fewer events a delivery run
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgresServer, usePostgres } from '../test/support/postgres.ts';
import { benchMapping } from './bench-mapping.ts';
import { benchPostgresRecording, benchSqliteRecording, type RecordingTimes } from './bench-recording.ts';
import type { DeliverRun } from './deliver-run.ts';
import { median, quantile, ratio, thousands } from './measure.ts';
import { startSink } from './sink.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '3' },
    transactions: { type: 'string', default: '2000' },
  },
});
const events = Number(values.events);
const rounds = Number(values.rounds);

console.log(
  `# ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`,
);
const server = await startPostgresServer();
process.env['AEGIS_SIEM_TEST_POSTGRES_URL'] = server.url;
try {
  showRecording('SQLite, synchronous=FULL', await benchSqliteRecording(Number(values.transactions)));
  showRecording('PostgreSQL, pipelined', await benchPostgresRecording(Number(values.transactions)));
  showMapping();
  await showDelivery();
} finally {
  await server.stop();
}

function showRecording(name: string, times: RecordingTimes): void {
  console.log(`\n## One recording transaction: ${name}\n`);
  console.log('| what | median ms | ratio | p99 ms | ratio |\n|---|---|---|---|---|');
  for (const [kind, label] of [
    ['alone', 'parse and insert the record alone'],
    ['noDestination', 'recordAttestation, no destination'],
    ['enqueued', 'recordAttestation, one destination'],
  ] as const) {
    const [middle, tail] = [median(times[kind]), quantile(times[kind], 0.99)];
    console.log(
      `| ${label} | ${middle.toFixed(3)} | ${ratio(middle, median(times.alone))} | ${tail.toFixed(3)} | ${ratio(tail, quantile(times.alone, 0.99))} |`,
    );
  }
}

function showMapping(): void {
  const rates = benchMapping(20_000);
  const base = median(rates.parseAndStringify);
  console.log(
    `\n## Mapping, one thread (records of ${Math.round(rates.recordBytes)} bytes, events of ${Math.round(rates.eventBytes)} bytes)\n`,
  );
  console.log('| what | records/s | ratio |\n|---|---|---|');
  console.log(`| JSON.parse and JSON.stringify of the record | ${thousands(base)} | 1.00 |`);
  console.log(
    `| strict parser | ${thousands(median(rates.strictParse))} | ${ratio(median(rates.strictParse), base)} |`,
  );
  console.log(
    `| strict parser, mapping, stamp, text and hash | ${thousands(median(rates.render))} | ${ratio(median(rates.render), base)} |`,
  );
}

async function showDelivery(): Promise<void> {
  const sink = await startSink();
  const cases = (['sqlite', 'postgres'] as const).flatMap((store) =>
    (['plain', 'gzip'] as const).map((encoding) => ({ store, encoding, runs: [] as DeliverRun[] })),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const entry of cases) entry.runs.push(await deliverOnce(entry.store, entry.encoding, sink));
  }
  sink.stop();
  console.log(
    `\n## Delivery of ${thousands(events)} events to a sink on this machine, median of ${rounds} runs\n`,
  );
  console.log(
    '| store | body | record/s (groups of 500) | deliver/s | ratio | CPU s / 100,000 | peak MB |\n|---|---|---|---|---|---|---|',
  );
  const base = median(cases[0]?.runs.map(({ deliveredPerSecond }) => deliveredPerSecond) ?? []);
  for (const { store, encoding, runs } of cases) {
    const of = (key: keyof DeliverRun): number => median(runs.map((run) => run[key]));
    console.log(
      `| ${store} | ${encoding} | ${thousands(of('recordedPerSecond'))} | ${thousands(of('deliveredPerSecond'))} | ${ratio(of('deliveredPerSecond'), base)} | ${of('cpuSecondsPer100k').toFixed(2)} | ${Math.round(of('peakRssMb'))} |`,
    );
  }
}

async function deliverOnce(
  store: 'sqlite' | 'postgres',
  encoding: 'plain' | 'gzip',
  sink: Awaited<ReturnType<typeof startSink>>,
): Promise<DeliverRun> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-bench-'));
  const postgres = store === 'postgres' ? await usePostgres() : undefined;
  await sink.reset();
  try {
    const run = await runChild([
      postgres?.url ?? `sqlite:${join(folder, 'aegis.db')}`,
      sink.url,
      String(events),
      encoding,
    ]);
    const { events: arrived } = await sink.counts();
    if (arrived !== events) throw new Error(`${arrived} of ${events} events arrived at the sink`);
    return run;
  } finally {
    await postgres?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function runChild(args: readonly string[]): Promise<DeliverRun> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'deliver-run.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as DeliverRun);
      else reject(new Error(`a delivery run ended with ${String(code)}`));
    });
  });
}
