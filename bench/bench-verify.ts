/**
 * How fast `aegis-siem verify` reads and judges an export, and in how much memory: a million events with a checkpoint every
 * 25,000, as NDJSON, as HEC envelopes and as Splunk's JSON results. `npm run bench:verify [-- --events N]`.
 */
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeEvent } from '../src/connectors/splunk-hec/encode.ts';
import { publicKeyPem } from '../src/proof/checkpoint-key.ts';
import { KEYS, StreamWorld } from '../test/verify/stream-world.ts';
import { childRun } from './child-run.ts';
import { conditionsNow } from './conditions.ts';
import { thousands } from './measure.ts';
import type { VerifyRun } from './verify-run.ts';

const EVENTS_A_CHECKPOINT = 25_000;
const EVENTS_A_WRITE = 1_000;

/** A form of export: how each event stands in it. */
const FORMS: Readonly<Record<string, (event: string) => string>> = {
  'NDJSON of events': (event) => `${event}\n`,
  'HEC envelopes, a line each': (event) => {
    const wire = { event: { metadata: { uid: 'u' } }, text: event, bytes: event.length };
    return `${encodeEvent(wire, '"source":"s"').pieces.join('')}\n`;
  },
  'Splunk results as JSON': (event) => `${JSON.stringify({ preview: false, result: { _raw: event } })}\n`,
};

/** Writes the stream to a file of each form without ever holding all of it. */
async function writeExports(events: number, folder: string): Promise<{ files: string[]; asOfMs: number }> {
  const world = new StreamWorld();
  const files = Object.keys(FORMS).map((_form, index) => join(folder, `export-${index}.ndjson`));
  const writers = files.map((file) => createWriteStream(file));
  for (let made = 0; made < events; made += EVENTS_A_WRITE) {
    world.send(Math.min(EVENTS_A_WRITE, events - made));
    if ((made + EVENTS_A_WRITE) % EVENTS_A_CHECKPOINT === 0) world.checkpoint();
    const texts = world.texts();
    world.sent = [];
    for (const [index, write] of Object.values(FORMS).entries()) {
      const writer = writers[index];
      if (writer?.write(texts.map(write).join('')) === false) await once(writer, 'drain');
    }
  }
  world.checkpoint({ stopped: true });
  for (const [index, write] of Object.values(FORMS).entries()) {
    const writer = writers[index];
    if (writer === undefined) continue;
    writer.end(world.texts().map(write).join(''));
    await once(writer, 'finish');
  }
  return { files, asOfMs: world.nowMs };
}

const { values } = parseArgs({ options: { events: { type: 'string', default: '1000000' } } });
const folder = mkdtempSync(join(tmpdir(), 'aegis-bench-verify-'));
try {
  const { at, node, processors, loadBefore } = conditionsNow();
  console.log(`${at}, Node ${node}, ${processors}, load ${loadBefore.join(' ')}`);
  const key = join(folder, 'key.pem');
  writeFileSync(key, publicKeyPem(KEYS[0]));
  const { files, asOfMs } = await writeExports(Number(values.events), folder);
  for (const [index, form] of Object.keys(FORMS).entries()) {
    const script = join(import.meta.dirname, 'verify-run.ts');
    const run = await childRun<VerifyRun>(script, [files[index] ?? '', key, String(asOfMs)]);
    const seconds = run.readSeconds + run.judgeSeconds;
    console.log(
      `${form}: ${thousands(run.events)} events, ${thousands(run.bytes / 1e6)} MB: ${thousands(run.events / seconds)} events/s ` +
        `(${thousands(run.events / run.cpuSeconds)} a CPU second; read ${run.readSeconds.toFixed(1)} s, judge ${run.judgeSeconds.toFixed(1)} s), peak ${thousands(run.peakMemoryMb)} MB, ` +
        (run.complete ? 'complete' : 'NOT COMPLETE'),
    );
    if (!run.complete) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
