import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CliIo } from '../cli/cli-io.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { asItems, asObject } from '../cli/output.ts';
import { textTable } from '../cli/text-table.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { DemoOptions } from './demo-options.ts';
import { type DemoService, startDemoService } from './demo-service.ts';
import { DEMO_WORKSPACE, type DemoSiems, startDemoSiems } from './demo-siems.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples', 'attestations.ndjson');
const GROUP = 25;
/** How long the fake Splunk refuses everything. */
const OUTAGE_MS = 3_000;
const PACE_MS = 60;
const LOOK_MS = 150;
const DELIVERY_TIMEOUT_MS = 25_000;

/** What became of one destination. */
interface Arrival {
  readonly name: string;
  readonly delivered: number;
  readonly duplicates: number | undefined;
}

/**
 * The main job before the reader's eyes: three destinations over REST, decisions recorded while one SIEM goes down and comes
 * back, and a count of what arrived. Answers exit status 0 only when every decision arrived everywhere.
 */
export async function runDemo(io: CliIo, options: DemoOptions): Promise<number> {
  const siems = await startDemoSiems(options);
  try {
    const service = await startDemoService(siems.egressAllow, io.signal);
    try {
      return await tell(io, options, siems, service);
    } finally {
      await service.stop();
    }
  } finally {
    await siems.close();
  }
}

async function tell(
  io: CliIo,
  options: DemoOptions,
  siems: DemoSiems,
  service: DemoService,
): Promise<number> {
  const say = (text: string): void => io.writeError(`${text}\n`);
  const ids = new Map<string, string>();
  for (const destination of siems.destinations) {
    const { body } = await service.client.call({
      method: 'POST',
      path: '/v1/siem/destinations',
      body: destination,
    });
    ids.set(textOf(destination['name']), textOf(asObject(body)['destination_id']));
  }
  say(`service on ${service.url}, destinations made over REST: ${[...ids.keys()].join(', ')}`);

  const lines = exampleLines();
  const startedMs = performance.now();
  const outage = siems.splunk === undefined ? Promise.resolve() : outageOf(siems.splunk, say);
  await recordAll(io, service, lines);
  const recordedMs = performance.now() - startedMs;
  say(`recorded ${lines.length} decisions in ${seconds(recordedMs)} s; nobody waited for a SIEM`);
  const complete = await waitUntilDelivered(io, service);
  await outage;
  const totalMs = performance.now() - startedMs;

  const arrivals = arrivalsOf(siems, lines.length);
  const rendered = await renderedEvent(service, lines);
  const ok = complete && arrivals.every(({ delivered }) => delivered === lines.length);
  await io.writeOut(
    options.json
      ? jsonReport(lines.length, arrivals, totalMs, rendered, ok)
      : report(lines.length, arrivals, totalMs, rendered),
  );
  say(
    ok
      ? 'Every decision arrived in every SIEM.'
      : 'Not everything arrived: please report this with the lines above.',
  );
  if (options.stay) {
    say(
      `\nThe service stays up on ${service.url} (API page: ${service.url}/docs), the key is in ${service.adminKeyFile}. Ctrl-C ends it.`,
    );
    if (!io.signal.aborted) await once(io.signal, 'abort');
  } else say(TRY_NEXT);
  return ok ? EXIT.ok : EXIT.refused;
}

const TRY_NEXT = `
Try next:
  npm run demo -- --stay                                       keep it up and look around
  npm run -s aegis-siem -- map examples/attestations.ndjson    see every event
  npm start                                                    run the service, then: docs/start/splunk.md, docs/start/sentinel.md`;

function exampleLines(): readonly string[] {
  return readFileSync(EXAMPLES, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.stringify({ ...(JSON.parse(line) as JsonObject), workspace_id: DEMO_WORKSPACE }));
}

async function outageOf(
  splunk: NonNullable<DemoSiems['splunk']>,
  say: (text: string) => void,
): Promise<void> {
  await sleep(400);
  splunk.answerAlways(9);
  say('Splunk goes down: from now on it answers 503 "Server is busy"');
  await sleep(OUTAGE_MS);
  splunk.answerAlways(undefined);
  say('Splunk is back');
}

async function recordAll(io: CliIo, { client }: DemoService, lines: readonly string[]): Promise<void> {
  for (let from = 0; from < lines.length; from += GROUP) {
    const body = Buffer.from(lines.slice(from, from + GROUP).join('\n'));
    await client.call({
      method: 'POST',
      path: '/v1/attestations',
      body,
      contentType: 'application/x-ndjson',
    });
    if (io.stderrIsTerminal)
      io.writeError(`\rrecording ${Math.min(from + GROUP, lines.length)} of ${lines.length} `);
    // Decisions come one after another, so that the outage falls among them.
    await sleep(PACE_MS);
  }
  if (io.stderrIsTerminal) io.writeError('\r');
}

/** Watches the outbox by the API until nothing waits. */
async function waitUntilDelivered(io: CliIo, { client }: DemoService): Promise<boolean> {
  const untilMs = performance.now() + DELIVERY_TIMEOUT_MS;
  let last = '';
  while (performance.now() < untilMs && !io.signal.aborted) {
    const { body } = await client.call({ method: 'GET', path: '/v1/siem/outbox?limit=500' });
    const waiting = new Map<string, number>();
    for (const item of asItems(asObject(body)['items'])) {
      const name = textOf(item['destination_name'] ?? item['destination_id']);
      waiting.set(name, (waiting.get(name) ?? 0) + 1);
    }
    const line =
      waiting.size === 0
        ? 'waiting: nothing'
        : `waiting: ${[...waiting].map(([name, count]) => `${name} ${count}`).join(', ')}`;
    if (line !== last) io.writeError(`${line}\n`);
    last = line;
    if (waiting.size === 0) return true;
    await sleep(LOOK_MS);
  }
  return false;
}

function arrivalsOf({ splunk, azure }: DemoSiems, recorded: number): readonly Arrival[] {
  const byDestination: (readonly [string, readonly JsonValue[] | undefined])[] = [
    ['splunk', splunk?.events().map(({ event }) => event)],
    ['sentinel', azure.events('logs_ingestion')],
    ['sentinel-legacy', azure.events('data_collector')],
  ];
  return byDestination.map(([name, events]) => {
    // A real Splunk is not asked what it has: its receipts are what the service knows.
    if (events === undefined) return { name, delivered: recorded, duplicates: undefined };
    const uids = new Set(events.map((event) => textOf(asObject(asObject(event)['metadata'])['uid'])));
    return { name, delivered: uids.size, duplicates: events.length - uids.size };
  });
}

async function renderedEvent({ client }: DemoService, lines: readonly string[]): Promise<JsonValue> {
  const denied = lines
    .map((line) => JSON.parse(line) as JsonObject)
    .find(({ verdict }) => verdict === 'deny');
  const { body } = await client.call({
    method: 'GET',
    path: `/v1/attestations/${textOf(denied?.['attestation_id'])}`,
  });
  const [first] = asItems(asObject(body)['renderings']);
  return first?.['event'] ?? null;
}

function report(
  recorded: number,
  arrivals: readonly Arrival[],
  totalMs: number,
  rendered: JsonValue,
): string {
  const rows = arrivals.map(({ name, delivered, duplicates }) => [
    name,
    String(recorded),
    String(delivered),
    duplicates === undefined ? '-' : String(duplicates),
    seconds(totalMs),
  ]);
  return `\nOne of them, as OCSF:\n${JSON.stringify(rendered, null, 2).split('\n').slice(0, 40).join('\n')}\n\n${textTable(['DESTINATION', 'RECORDED', 'DELIVERED', 'DUPLICATES', 'SECONDS'], rows)}`;
}

function jsonReport(
  recorded: number,
  arrivals: readonly Arrival[],
  totalMs: number,
  rendered: JsonValue,
  ok: boolean,
): string {
  return `${JSON.stringify({ ok, recorded, seconds: Number(seconds(totalMs)), destinations: arrivals, event: rendered }, null, 2)}\n`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
