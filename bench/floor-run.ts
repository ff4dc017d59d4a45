/**
 * The least that any sender does with the same bytes, in a process of its own: for each event JSON.parse of the stored text,
 * JSON.stringify of what is sent, UTF-8 and SHA-256; for each body of a megabyte gzip at level 1. No store, no socket. Prints one
 * line of JSON: CPU seconds for 100,000 events.
 *
 *   node bench/floor-run.ts COUNT plain|gzip mapped|stored
 */
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { DEFAULT_OCSF_SETTINGS } from '../src/ocsf/ocsf-event.ts';
import { renderRecord } from '../src/ocsf/render-record.ts';
import { stamp } from '../src/ocsf/stamp.ts';
import { generateAttestations } from '../test/support/generate-attestations.ts';
import { timed } from './sender-run.ts';
import { BENCH_WORKSPACE, DELIVERY_SEED } from './workload.ts';

const BODY_BYTES = 1_000_000;
/** Kept in memory as objects, so that making them is not in the figure; walked through as often as is needed. */
const KEPT = 5_000;

export interface FloorRun {
  readonly cpuSecondsPer100k: number;
  readonly bytesPerEvent: number;
}

const [countText = '', encoding = '', events = ''] = process.argv.slice(2);
const count = Number(countText);
const texts = [
  ...generateAttestations({
    seed: DELIVERY_SEED,
    count: Math.min(KEPT, count),
    workspaceId: BENCH_WORKSPACE,
  }),
];
const sent = texts.map((text, index) =>
  events === 'stored' ? (JSON.parse(text) as unknown) : mapped(text, index),
);
const compress = promisify(gzip);
const body = Buffer.allocUnsafe(2 * BODY_BYTES);
let bytes = 0;
let used = 0;
const work = await timed(async () => {
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const place = index % texts.length;
    if (typeof JSON.parse(texts[place] ?? '') === 'object') used += 1;
    const text = JSON.stringify(sent[place]);
    const length = body.write(text, at);
    used += hash('sha256', body.subarray(at, at + length), 'buffer').length;
    at += length;
    bytes += length;
    if (at < BODY_BYTES && index < count - 1) continue;
    if (encoding === 'gzip')
      used += (await compress(body.subarray(0, at), { level: constants.Z_BEST_SPEED })).length;
    at = 0;
  }
});
// The results are used, so that no engine may leave the work out.
if (used === 0) throw new Error('Nothing was done');
const result: FloorRun = {
  cpuSecondsPer100k: (work.cpuSeconds / count) * 100_000,
  bytesPerEvent: bytes / count,
};
console.log(JSON.stringify(result));

function mapped(text: string, index: number): unknown {
  const rendered = renderRecord({ source: 'attestation', body: text }, DEFAULT_OCSF_SETTINGS);
  if (!rendered.ok) throw new Error(rendered.message);
  return stamp(rendered.event, { streamId: 's', epoch: 'e', seq: index + 1, kind: 'event' });
}
