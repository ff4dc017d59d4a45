/**
 * Measures recording, mapping and delivery, and prints ratios: absolute figures depend on the machine and on what else runs
 * on it. Everything of one comparison is taken in turns within one run. Against other products: bench-peers.ts.
 *
 *   npm run bench                                 all, about a quarter of an hour
 *   npm run bench -- --only latency,neighbours    some of: recording, mapping, delivery, engine, rest, latency, neighbours
 *   npm run bench -- --events 20000 --json FILE   fewer events a run; the figures as JSON too
 */
import { parseArgs } from 'node:util';
import { startPostgresServer } from '../test/support/postgres.ts';
import { benchPostgresRecording, benchSqliteRecording } from './bench-recording.ts';
import { deliveryTable } from './delivery-table.ts';
import { engineTable } from './engine-table.ts';
import { latencyTable } from './latency-table.ts';
import { mappingTable } from './mapping-table.ts';
import { neighboursTable } from './neighbours-table.ts';
import { recordingTable } from './recording-table.ts';
import { BenchReport } from './report.ts';
import { restTable } from './rest-table.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    events: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '3' },
    transactions: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '20' },
    json: { type: 'string' },
  },
});
const [events, rounds, transactions, seconds] = [
  values.events,
  values.rounds,
  values.transactions,
  values.seconds,
].map(Number) as [number, number, number, number];

const report = new BenchReport();
const SECTIONS: Readonly<Record<string, () => Promise<void>>> = {
  recording: async () => {
    report.add(recordingTable('SQLite, synchronous=FULL', await benchSqliteRecording(transactions)));
    report.add(recordingTable('PostgreSQL, pipelined', await benchPostgresRecording(transactions)));
  },
  mapping: async () => report.add(mappingTable()),
  delivery: async () => report.add(await deliveryTable(events, rounds)),
  engine: async () => report.add(await engineTable(events, rounds)),
  rest: async () => report.add(await restTable(events, rounds)),
  latency: async () => report.add(await latencyTable(seconds)),
  neighbours: async () => report.add(await neighboursTable(seconds, rounds)),
};

const names = values.only?.split(',') ?? Object.keys(SECTIONS);
const unknown = names.filter((name) => SECTIONS[name] === undefined);
if (unknown.length > 0)
  throw new RangeError(
    `--only: there is no ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`,
  );

const server = await startPostgresServer();
process.env['AEGIS_SIEM_TEST_POSTGRES_URL'] = server.url;
try {
  for (const name of names) await SECTIONS[name]?.();
} finally {
  await server.stop();
  report.save(values.json);
}
