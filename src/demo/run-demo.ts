import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../cli/api-client.ts';
import type { CliIo } from '../cli/cli-io.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { asItems, asObject } from '../cli/output.ts';
import { ProgressLine } from '../cli/progress-line.ts';
import type { JsonObject } from '../json.ts';
import { countArrivals } from './count-arrivals.ts';
import { type DemoDecision, freshDecisions, readDemoDecisions, recordDecisions } from './demo-decisions.ts';
import type { DemoOptions } from './demo-options.ts';
import { type DemoResult, isComplete, jsonReport, stayText, textReport, TRY_NEXT } from './demo-report.ts';
import type { DemoSiem, DemoSiems } from './demo-siem.ts';
import { takeDownAndUp } from './take-down-and-up.ts';
import { type DemoService, startDemoService } from './start-demo-service.ts';
import { startDemoSiems } from './start-demo-siems.ts';
import { type DemoDestination, describeBacklog, watchBacklog } from './watch-backlog.ts';

/** How long the unsteady SIEM refuses everything. */
const OUTAGE_MS = 3_000;
/** The demo ends below half a minute, complete or not. */
const TIME_LIMIT_MS = 26_000;
/** Recorded while a SIEM was taken down by hand. */
const MORE_DECISIONS = 60;
/** Where progress cannot be rewritten, a line this often is enough. */
const PLAIN_PROGRESS_EVERY_MS = 1_000;

/**
 * The main job before the reader's eyes: three destinations made over REST, decisions recorded while one SIEM goes down and
 * comes back, and a count of what arrived. Answers exit status 0 only when all of them arrived everywhere.
 */
export async function runDemo(io: CliIo, options: DemoOptions): Promise<number> {
  await using siems = await startDemoSiems(options);
  await using service = await startDemoService(siems.egressAllow, io.signal);
  const progress = new ProgressLine(io);
  const result = await showDelivery(siems, service, progress);
  const complete = isComplete(result);
  await io.writeOut(options.json ? jsonReport(result) : textReport(result));
  progress.say(
    complete
      ? `All ${result.recorded} decisions arrived in every SIEM; the outage cost none.`
      : 'Not every decision arrived. "npm run demo -- --stay" keeps the service up, to see why.',
  );
  if (options.stay) {
    progress.say(stayText(service));
    await takeDownAndUp(siems.unsteady, io, progress, () => recordMore(service.client));
  } else progress.say(TRY_NEXT);
  return complete ? EXIT.ok : EXIT.refused;
}

async function showDelivery(
  siems: DemoSiems,
  { client, url }: DemoService,
  progress: ProgressLine,
): Promise<DemoResult> {
  const destinations: DemoDestination[] = [];
  for (const siem of siems.all) destinations.push(await makeDestination(client, siem));
  progress.say(`Service on ${url}; destinations made: ${destinations.map(({ name }) => name).join(', ')}.`);

  const decisions = readDemoDecisions();
  const startedMs = performance.now();
  let recorded = 0;
  let outage: Promise<void> | undefined;
  let steady = false;
  let nextPlainMs = startedMs;
  const watching = watchBacklog(client, destinations, {
    untilMs: startedMs + TIME_LIMIT_MS,
    onLook: (backlog) => {
      const line = `recorded ${recorded} of ${decisions.length}; ${describeBacklog(backlog)}`;
      const nowMs = performance.now();
      if (progress.show(line) || nowMs < nextPlainMs) return;
      progress.say(line);
      nextPlainMs = nowMs + PLAIN_PROGRESS_EVERY_MS;
    },
    done: (backlog) =>
      steady && recorded === decisions.length && [...backlog.values()].every((rows) => rows === 0),
  });
  const recording = recordDecisions(client, decisions, (count) => {
    recorded = count;
    if (outage === undefined && count >= decisions.length / 3) {
      outage = outageOf(siems.unsteady, progress).then(() => {
        steady = true;
      });
    }
  });
  const [emptySinceMs] = await Promise.all([watching, recording]);
  await outage;
  progress.clear();
  return {
    recorded,
    arrivals: await countArrivals(client, siems.all, decisions),
    secondsOf: new Map([...emptySinceMs].map(([name, ms]) => [name, (ms - startedMs) / 1_000])),
    event: await renderedEvent(client, decisions),
  };
}

async function recordMore(client: ApiClient): Promise<number> {
  const decisions = freshDecisions(MORE_DECISIONS);
  await recordDecisions(client, decisions, () => undefined);
  return decisions.length;
}

async function makeDestination(client: ApiClient, { name, destination }: DemoSiem): Promise<DemoDestination> {
  const { body } = await client.call({
    method: 'POST',
    path: '/v1/siem/destinations',
    // The demo counts decisions, and says what happens to the service itself.
    body: { ...destination, sources: ['attestations'] },
  });
  const id = asObject(body)['destination_id'];
  return { name, destinationId: typeof id === 'string' ? id : '' };
}

async function outageOf(siem: DemoSiems['unsteady'], progress: ProgressLine): Promise<void> {
  siem.setDown(true);
  progress.say(`${siem.title} goes down: it answers everything with 503. Recording goes on.`);
  await sleep(OUTAGE_MS);
  siem.setDown(false);
  progress.say(`${siem.title} is back.`);
}

/** The event of a denied call: the first, so that it is the same every time. */
async function renderedEvent(client: ApiClient, decisions: readonly DemoDecision[]): Promise<JsonObject> {
  const shown = decisions.find(({ verdict }) => verdict === 'deny') ?? decisions[0];
  const { body } = await client.call({ method: 'GET', path: `/v1/attestations/${shown?.id ?? ''}` });
  const [first] = asItems(asObject(body)['renderings']);
  return asObject(first?.['event']);
}
