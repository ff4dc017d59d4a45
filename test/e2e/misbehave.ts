/**
 * `npm run misbehave`: every way of misbehaving of all three destinations with 20,000 events, and a table of what became of
 * them. Ends with status 1 when an event is lost, dies without being refused, leaves its number empty, or is doubled
 * without being counted.
 *
 *   npm run misbehave                      everything
 *   npm run misbehave -- --only "lost"     what has this in its destination or name
 *   npm run misbehave -- --events 2000     another number of events; one in `events / 20` is bad
 *   npm run misbehave -- --json FILE       writes the results there as well
 */
import { writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { DestinationType } from '../../src/connectors/connector.ts';
import { FULL_SCALE, type Misbehaviour, type RunScale } from './sinks/misbehaviour.ts';
import { type RunResult, runMisbehaviour } from './sinks/run-misbehaviour.ts';
import {
  DATA_COLLECTOR_MISBEHAVIOURS,
  LOGS_INGESTION_MISBEHAVIOURS,
} from './sinks/sentinel-misbehaviours.ts';
import type { Sink } from './sinks/sink.ts';
import { HASTY_LIMITS } from './sinks/sink-delivery.ts';
import { SPLUNK_MISBEHAVIOURS } from './sinks/splunk-misbehaviours.ts';

/** As many bad events as one in 1,000 of 20,000. */
const BAD_EVENTS = 20;

const { values } = parseArgs({
  options: {
    events: { type: 'string' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const scale = scaleOf(values.events);
const results: RunResult[] = [];
console.log(`Pauses are shortened: ${JSON.stringify(HASTY_LIMITS)}. The store is SQLite on a file.\n`);
console.log('| sink | events | arrived | lost | dead | duplicates (counted) | requests | seconds |');
console.log('|---|---:|---:|---:|---:|---:|---:|---:|');
await runAll('splunk_hec', SPLUNK_MISBEHAVIOURS);
await runAll('sentinel_logs_ingestion', LOGS_INGESTION_MISBEHAVIOURS);
await runAll('sentinel_data_collector', DATA_COLLECTOR_MISBEHAVIOURS);
const wrong = results.filter(({ faults }) => faults.length > 0);
console.log(`\n${results.length - wrong.length} of ${results.length} as they should be`);
if (results.length === 0) console.error(`Nothing has "${values.only}" in its destination or name`);
process.exitCode = wrong.length === 0 && results.length > 0 ? 0 : 1;

async function runAll<Kind extends Sink>(
  destination: DestinationType,
  misbehaviours: readonly Misbehaviour<Kind>[],
): Promise<void> {
  for (const misbehaviour of misbehaviours) {
    if (!`${destination}: ${misbehaviour.name}`.includes(values.only)) continue;
    const result = await runMisbehaviour(misbehaviour, scale);
    results.push(result);
    console.log(line(result));
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report(), null, 2)}\n`);
    // At once: a run of a quarter of an hour may be stopped before its end.
    for (const fault of result.faults)
      console.error(`  wrong: ${fault} (counted: ${JSON.stringify(result.counted)})`);
  }
}

function line(result: RunResult): string {
  const { destination, misbehaviour, events, arrived, lost, dead, duplicates, requests, seconds } = result;
  const counted = Object.values(result.counted).reduce((sum, count) => sum + count, 0);
  const doubles = counted === 0 ? `${duplicates}` : `${duplicates} (${counted})`;
  const cells = [events, arrived, lost.length, dead, doubles, requests, seconds.toFixed(1)];
  return `| ${destination}: ${misbehaviour} | ${cells.join(' | ')} |`;
}

function scaleOf(events: string | undefined): RunScale {
  if (events === undefined) return FULL_SCALE;
  const count = Number(events);
  if (!Number.isInteger(count) || count < BAD_EVENTS)
    throw new RangeError(`--events takes a number from ${BAD_EVENTS} on`);
  return { ...FULL_SCALE, events: count, badEvery: Math.floor(count / BAD_EVENTS) };
}

function report(): unknown {
  return {
    kind: 'misbehaving sinks',
    at: new Date().toISOString(),
    node: process.version,
    machine: `${process.platform} ${arch()}, ${cpus().length} cores`,
    limits: HASTY_LIMITS,
    scale,
    runs: results.map(({ destination, misbehaviour, ...result }) => ({
      destination,
      misbehaviour,
      ...result,
      lost: result.lost.length,
      wronglyDead: result.wronglyDead.length,
      notDead: result.notDead.length,
      gaps: result.gaps.length,
      clashes: result.clashes.length,
      seconds: Math.round(result.seconds * 10) / 10,
    })),
  };
}
