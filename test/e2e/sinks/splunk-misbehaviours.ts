import { setTimeout } from 'node:timers/promises';
import type { JsonObject } from '../../../src/json.ts';
import { uidOf } from '../three-destinations.ts';
import { closedForATime } from './closed-for-a-time.ts';
import type { Misbehaviour, MisbehaviourWorld } from './misbehaviour.ts';
import { type SplunkSink, startSplunkSink } from './splunk-sink.ts';

type Way = Misbehaviour<SplunkSink>;
type World = MisbehaviourWorld<SplunkSink>;

const ONE_BATCH = 512;
/** So many events are a little more than one request may hold. */
const PLAIN_REQUESTS = 2;
/** Looking for one bad event among 512 by halving: both halves at each of nine levels, and its tombstone. */
const HALVING_REQUESTS = 19;
/** Longer than the acknowledgement time-out of that way, and its round of questions. */
const UNACKNOWLEDGED_MS = 1_000;
const SIGN_IN_PAGE = '<!doctype html><html><body>Sign in</body></html>';

const start = (): Promise<SplunkSink> => startSplunkSink();

function refuses(code: 6 | 7, withNumber: boolean): (world: World) => void {
  return ({ sink, isBad }) =>
    sink.splunk.refuse({ code, withNumber, matches: (event: JsonObject) => isBad(uidOf(event)) });
}

function answers(
  times: number,
  answer: { status: number; code?: number; body?: string; headers?: Readonly<Record<string, string>> },
): (world: World) => void {
  return ({ sink }) => sink.splunk.plan({ kind: 'answer', ...answer }, times);
}

function poisonInOneBatch(bad: number, withNumber: boolean): Way {
  const how = withNumber ? 'invalid-event-number' : 'no number';
  return {
    name: `${bad} bad in ${ONE_BATCH}, ${how}`,
    start,
    oneBatch: { events: ONE_BATCH, bad },
    refusesBad: true,
    begin: refuses(6, withNumber),
    mayDouble: withNumber ? [] : ['partial'],
    // With a number each costs its tombstone and one more request for what comes after it.
    maxRequests: PLAIN_REQUESTS + (withNumber ? 2 : HALVING_REQUESTS) * bad,
  };
}

/** How a HTTP Event Collector, or what stands before it, can fail its sender. */
export const SPLUNK_MISBEHAVIOURS: readonly Way[] = [
  { name: 'none', start },
  { name: 'busy 503 x40', start, begin: answers(40, { status: 503, code: 9 }), health: 'throttled 9' },
  {
    name: 'throttled with Retry-After',
    start,
    begin: answers(4, { status: 429, code: 26, headers: { 'retry-after': '1' } }),
    health: 'throttled 26',
  },
  {
    name: 'connection refused for a time',
    start,
    begin: ({ path }) => path.begin({ kind: 'refused' }),
    meanwhile: closedForATime,
    health: 'failing refused',
  },
  {
    name: 'partial acceptance with invalid-event-number',
    start,
    begin: ({ sink }) => sink.splunk.plan({ kind: 'busy_after', take: 100 }, 3),
    health: 'throttled 9',
  },
  { name: 'some bad index', start, refusesBad: true, begin: refuses(7, true) },
  { name: 'some bad format', start, refusesBad: true, begin: refuses(6, true) },
  {
    name: 'some bad format, no number',
    start,
    refusesBad: true,
    begin: refuses(6, false),
    mayDouble: ['partial'],
  },
  { name: 'body limit 600 kB', start: () => startSplunkSink({ maxBodyBytes: 600_000 }) },
  {
    name: 'lost replies',
    start,
    begin: ({ sink }) => sink.splunk.plan({ kind: 'take_then_reset' }, 3),
    mayDouble: ['ambiguous'],
    health: 'failing reset',
  },
  {
    name: 'token disabled, then enabled',
    start,
    begin: answers(3, { status: 403, code: 1 }),
    health: 'held token_disabled',
  },
  {
    name: 'stalls',
    start,
    begin: ({ sink, scale }) => sink.splunk.plan({ kind: 'slow', delayMs: scale.stallMs }, 2),
  },
  {
    name: 'a page with status 200',
    start,
    begin: answers(3, { status: 200, body: SIGN_IN_PAGE }),
    health: 'held not_a_collector',
  },
  {
    name: 'rolling restart (shutting down, then 404)',
    start,
    begin: (world) => {
      answers(4, { status: 503, code: 23 })(world);
      answers(2, { status: 404, code: 404 })(world);
    },
    health: 'held no_collector_here',
  },
  {
    name: 'queue near its limit',
    start,
    begin: ({ sink }) => sink.splunk.plan({ kind: 'take_then_warn', code: 24 }, 3),
    limits: { slowDownMs: 200 },
  },
  {
    name: 'gzip refused',
    start,
    begin: answers(1, { status: 415, body: '<html>' }),
  },
  {
    name: 'acknowledgements that never come, then do',
    start: () => startSplunkSink({ acknowledgement: true }),
    config: { indexer_acknowledgement: true },
    limits: { ackPollMs: 50, ackTimeoutMs: 400 },
    begin: ({ sink }) => sink.splunk.acknowledgeAll(false),
    meanwhile: async ({ sink, scale }) => {
      // Once a round had none, one batch at a time is sent: waiting for all of them to be taken would not end.
      await sink.splunk.waitFor(scale.events / 20);
      await setTimeout(UNACKNOWLEDGED_MS);
      sink.splunk.acknowledgeAll(true);
    },
    mayDouble: ['ack_timeout'],
  },
  ...[1, 3, 17].flatMap((bad) => [poisonInOneBatch(bad, true), poisonInOneBatch(bad, false)]),
];
