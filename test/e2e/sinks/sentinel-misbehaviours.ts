import type { JsonObject } from '../../../src/json.ts';
import type { Fault } from '../../fake-azure/faults.ts';
import type { FakeTable } from '../../fake-azure/stored-rows.ts';
import { closedForATime } from './closed-for-a-time.ts';
import type { Misbehaviour, MisbehaviourWorld } from './misbehaviour.ts';
import { type SentinelSink, startSentinelSink } from './sentinel-sink.ts';

type Way = Misbehaviour<SentinelSink>;
type World = MisbehaviourWorld<SentinelSink>;

const ONE_BATCH = 512;
/** So many events are a little more than one request of the Logs Ingestion API may hold. */
const PLAIN_REQUESTS = 2;
/** Looking for one bad event by halving: both halves at each of nine levels, and its tombstone. */
const HALVING_REQUESTS = 19;
const PAGE = '<!doctype html><html><body>Sign in</body></html>';
/** On the wire; the Logs Ingestion API is sent gzip, the other one is not. */
const GATEWAY_LIMIT_BYTES: Readonly<Record<FakeTable, number>> = {
  logs_ingestion: 40_000,
  data_collector: 600_000,
};

/** A refusal in the API's own form. */
function refusal(api: FakeTable, code: string): string {
  const message = 'as the service says it';
  return JSON.stringify(
    api === 'logs_ingestion' ? { error: { code, message } } : { Error: code, Message: message },
  );
}

function meets(times: number, fault: Fault): (world: World) => void {
  return ({ sink }) => sink.azure.fail(sink.api, fault, times);
}

function refusesBadRows({ sink, isBad }: World): void {
  const refuses = (row: JsonObject): boolean => isBad(row['EventUid']);
  if (sink.api === 'logs_ingestion') sink.azure.logsIngestion.refuseRows(refuses);
  else sink.azure.dataCollector.refuseRows(refuses);
}

/** What both APIs have in common. */
function common(api: FakeTable): readonly Way[] {
  const start = (): Promise<SentinelSink> => startSentinelSink(api);
  return [
    { name: 'none', start },
    {
      name: 'busy 503 x40',
      start,
      begin: meets(40, { kind: 'answer', status: 503, body: '<html>Service Unavailable</html>' }),
      health: 'failing http_503',
    },
    {
      name: 'throttled with Retry-After',
      start,
      begin: meets(4, { kind: 'answer', status: 429, headers: { 'retry-after': '1' } }),
      health: 'throttled http_429',
    },
    {
      name: 'connection refused for a time',
      start,
      begin: ({ path }) => path.begin({ kind: 'refused' }),
      meanwhile: closedForATime,
      health: 'failing refused',
    },
    {
      name: 'some rows refused (400)',
      start,
      refusesBad: true,
      begin: refusesBadRows,
      mayDouble: ['partial'],
    },
    {
      name: `body limit (413 over ${GATEWAY_LIMIT_BYTES[api] / 1_000} kB on the wire)`,
      start: () => startSentinelSink(api, { gatewayLimitBytes: GATEWAY_LIMIT_BYTES[api] }),
    },
    {
      name: 'lost replies',
      start,
      begin: meets(3, { kind: 'take_then_reset' }),
      mayDouble: ['ambiguous'],
      health: 'failing reset',
    },
    {
      name: 'stalls',
      start,
      begin: (world) => meets(2, { kind: 'slow', delayMs: world.scale.stallMs })(world),
    },
    {
      name: 'a page with status 200',
      start,
      begin: meets(3, { kind: 'answer', status: 200, body: PAGE }),
      health: 'held not_the_api',
    },
    {
      name: 'a redirect',
      start,
      begin: meets(3, { kind: 'answer', status: 307, headers: { location: 'https://portal.example.com/' } }),
      health: 'held redirected',
    },
    {
      name: 'a server error that is cut off',
      start,
      begin: meets(3, { kind: 'cut_reply', status: 500, body: '{"error":{"co' }),
      health: 'failing http_500',
    },
    {
      name: 'connections cut before the body is read',
      start,
      begin: meets(3, { kind: 'reset' }),
      mayDouble: ['ambiguous'],
    },
    ...[1, 3, 17].map((bad): Way => ({
      name: `${bad} bad in ${ONE_BATCH}`,
      start,
      oneBatch: { events: ONE_BATCH, bad },
      refusesBad: true,
      begin: refusesBadRows,
      mayDouble: ['partial'],
      maxRequests: PLAIN_REQUESTS + HALVING_REQUESTS * bad,
    })),
  ];
}

const startLogsIngestion = (): Promise<SentinelSink> => startSentinelSink('logs_ingestion');
const startDataCollector = (): Promise<SentinelSink> => startSentinelSink('data_collector');

/** How the Logs Ingestion API and the sign-in before it can fail their sender. */
export const LOGS_INGESTION_MISBEHAVIOURS: readonly Way[] = [
  ...common('logs_ingestion'),
  {
    name: 'role missing (403), then there',
    start: startLogsIngestion,
    begin: meets(3, { kind: 'answer', status: 403, body: refusal('logs_ingestion', 'OperationFailed') }),
    health: 'held role_missing',
  },
  {
    name: 'token refused (401), then taken',
    start: startLogsIngestion,
    // Each send asks for a fresh token and tries once more.
    begin: meets(6, { kind: 'answer', status: 401, body: refusal('logs_ingestion', 'InvalidToken') }),
    health: 'held token_refused',
  },
  {
    name: 'tokens revoked in the middle',
    start: startLogsIngestion,
    meanwhile: async ({ sink, scale }) => {
      await sink.azure.waitFor(scale.events / 4, 'logs_ingestion');
      sink.azure.tokens.revokeTokens();
    },
  },
  {
    name: 'rule not found (404), then there',
    start: startLogsIngestion,
    begin: meets(3, { kind: 'answer', status: 404, body: refusal('logs_ingestion', 'NotFound') }),
    health: 'held rule_not_found',
  },
  {
    name: 'stream not declared (400), then declared',
    start: startLogsIngestion,
    begin: meets(3, { kind: 'answer', status: 400, body: refusal('logs_ingestion', 'InvalidStream') }),
    health: 'held invalid_stream',
  },
  {
    name: 'sign-in failing (503 x10)',
    start: startLogsIngestion,
    begin: ({ sink }) => sink.azure.fail('token', { kind: 'answer', status: 503 }, 10),
    health: 'failing token_endpoint',
  },
  {
    name: 'sign-in without answers',
    start: startLogsIngestion,
    begin: ({ sink }) => sink.azure.fail('token', { kind: 'take_then_reset' }, 3),
    health: 'failing reset',
  },
  {
    name: 'secret expired, then renewed',
    start: startLogsIngestion,
    begin: ({ sink }) => sink.azure.tokens.expireSecret(),
    meanwhile: async ({ sink }) => {
      await sink.azure.waitForRequests(3, 'token');
      sink.azure.tokens.changeSecret(sink.credentials['client_secret'] ?? '');
    },
    health: 'held client_secret_expired',
  },
];

/** How the Data Collector API can fail its sender. */
export const DATA_COLLECTOR_MISBEHAVIOURS: readonly Way[] = [
  ...common('data_collector'),
  {
    name: 'key refused (403), then taken',
    start: startDataCollector,
    begin: ({ sink }) => sink.azure.dataCollector.changeSharedKey(Buffer.alloc(64, 9).toString('base64')),
    meanwhile: async ({ sink }) => {
      // Each send is signed anew once.
      await sink.azure.waitForRequests(6, 'data_collector');
      sink.azure.dataCollector.changeSharedKey(sink.credentials['shared_key'] ?? '');
    },
    health: 'held signature_refused',
  },
  {
    name: 'workspace unknown (400), then known',
    start: startDataCollector,
    begin: meets(3, { kind: 'answer', status: 400, body: refusal('data_collector', 'InvalidCustomerId') }),
    health: 'held invalid_customer_id',
  },
  {
    name: 'workspace closed (400), then open',
    start: startDataCollector,
    begin: meets(3, { kind: 'answer', status: 400, body: refusal('data_collector', 'InactiveCustomer') }),
    health: 'held inactive_customer',
  },
  {
    name: 'switched off (404, 410), then back',
    start: startDataCollector,
    begin: (world) => {
      meets(2, { kind: 'answer', status: 404 })(world);
      meets(2, { kind: 'answer', status: 410 })(world);
    },
    health: 'held not_found',
  },
];
