/**
 * Whether a long backlog costs memory, or delays the first batch: the same delivery with few and with very many rows that
 * wait, in turns, on both stores.
 *
 *   npm run bench:backlog                             1,000 and 1,000,000 rows, about ten minutes and 5 GB of disk
 *   npm run bench:backlog -- --long 100000            a shorter long one
 *   npm run bench:backlog -- --json reports/backlog.json
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { usePostgres } from '../test/support/postgres.ts';
import type { BacklogRun } from './backlog-run.ts';
import { childRun } from './child-run.ts';
import { conditionsNow } from './conditions.ts';
import { median, ratio, thousands } from './measure.ts';
import { startSink } from './sink.ts';

/** A start is over when so many are delivered: the first batch, whatever its size. */
const DELIVERED = 100;
const STARTS = 3;
/** A backlog up to this is written anew for each start, since one start delivers all of it; a longer one lasts for all. */
const MAX_WRITTEN_ANEW = 10_000;

interface BacklogFigures {
  readonly store: string;
  readonly waiting: number;
  readonly firstBatchMs: number;
  readonly firstBatchCpuMs: number;
  readonly rssAtFirstBatchMb: number;
  readonly peakRssMb: number;
}

const { values } = parseArgs({
  options: {
    short: { type: 'string', default: '1000' },
    long: { type: 'string', default: '1000000' },
    store: { type: 'string', default: 'both' },
    json: { type: 'string' },
  },
});
const conditions = conditionsNow();
const sink = await startSink();
const figures: BacklogFigures[] = [];
const ratios: Readonly<Record<'store' | 'firstBatch' | 'firstBatchCpu' | 'peakRss', string>>[] = [];
for (const store of ['sqlite', 'postgres'] as const) {
  if (values.store !== 'both' && values.store !== store) continue;
  const short = await measured(store, Number(values.short));
  const long = await measured(store, Number(values.long));
  figures.push(short, long);
  ratios.push({
    store,
    firstBatch: ratio(long.firstBatchMs, short.firstBatchMs),
    firstBatchCpu: ratio(long.firstBatchCpuMs, short.firstBatchCpuMs),
    peakRss: ratio(long.peakRssMb, short.peakRssMb),
  });
}
sink.stop();
console.log(
  '| store | waiting | first batch ms | CPU until then ms | rss at first batch MB | peak rss MB |\n|---|---:|---:|---:|---:|---:|',
);
for (const row of figures) {
  console.log(
    `| ${row.store} | ${thousands(row.waiting)} | ${row.firstBatchMs} | ${row.firstBatchCpuMs} | ${row.rssAtFirstBatchMb} | ${row.peakRssMb} |`,
  );
}
for (const one of ratios) {
  console.log(
    `${one.store}, long to short: first batch ${one.firstBatch} (CPU ${one.firstBatchCpu}), peak rss ${one.peakRss}`,
  );
}
if (values.json !== undefined) {
  const { at, node, processors, memoryGb, loadBefore } = conditions;
  const machine = `${processors}, ${memoryGb} GB, load ${loadBefore.join(' ')} before`;
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(
    values.json,
    `${JSON.stringify({ name: 'backlog', date: at, node, machine, command: `npm run bench:backlog -- --long ${values.long} --store ${values.store}`, starts: STARTS, backlogs: figures, ratios }, null, 2)}\n`,
  );
}

async function measured(store: 'sqlite' | 'postgres', waiting: number): Promise<BacklogFigures> {
  const runs: BacklogRun[] = [];
  const startsEach = waiting <= MAX_WRITTEN_ANEW ? 1 : STARTS;
  while (runs.length < STARTS) runs.push(...(await startsOn(store, waiting, startsEach)));
  const of = (figure: (run: BacklogRun) => number): number => Math.round(median(runs.map(figure)));
  return {
    store,
    waiting,
    firstBatchMs: of((run) => run.firstBatchMs),
    firstBatchCpuMs: of((run) => run.firstBatchCpuMs),
    rssAtFirstBatchMb: of((run) => run.rssAtFirstBatchMb),
    peakRssMb: of((run) => run.peakRssMb),
  };
}

/** A fresh store with so many rows, and some starts on it. */
async function startsOn(
  store: 'sqlite' | 'postgres',
  waiting: number,
  starts: number,
): Promise<readonly BacklogRun[]> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-backlog-'));
  const postgres = store === 'postgres' ? await usePostgres() : undefined;
  try {
    const url = postgres?.url ?? `sqlite:${join(folder, 'aegis.db')}`;
    const key = randomBytes(32).toString('hex');
    const here = (file: string): string => join(import.meta.dirname, file);
    const runs: BacklogRun[] = [];
    const { seconds } = await childRun<{ seconds: number }>(here('backlog-fill.ts'), [
      url,
      sink.url,
      String(waiting),
      key,
    ]);
    console.error(`${store}: ${thousands(waiting)} rows wait, written in ${seconds.toFixed(0)} s`);
    for (let start = 0; start < starts; start += 1) {
      const run = await childRun<BacklogRun>(here('backlog-run.ts'), [url, String(DELIVERED), key]);
      console.error(`  ${JSON.stringify(run)}`);
      runs.push(run);
    }
    return runs;
  } finally {
    await postgres?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
