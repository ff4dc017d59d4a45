import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { sendEvents } from '../../../test/support/send-events.ts';
import {
  type FakeAzure,
  type FakeAzureOptions,
  startFakeAzure,
} from '../../../test/fake-azure/fake-azure.ts';
import { sampleEvents } from '../../../test/fake-azure/sample-event.ts';
import type { JsonObject } from '../../json.ts';
import { createAddressPolicy } from '../../egress/address-policy.ts';
import { createEgress } from '../../egress/create-egress.ts';
import { ConnectorConfigError } from '../config-error.ts';
import type { Credentials } from '../connector.ts';
import type { Outcome } from '../outcome.ts';
import { retryAfterMs } from '../retry-after.ts';
import { parseSentinelDataCollectorConfig, sentinelDataCollectorAddress } from './config.ts';
import { SentinelDataCollectorConnector, type SentinelDataCollectorOptions } from './connector.ts';
import { checkSentinelDataCollectorCredentials } from './credentials.ts';
import { LEGACY_NOTICE, SENTINEL_DATA_COLLECTOR_STABILITY } from './legacy-notice.ts';

const NEVER = new AbortController().signal;

interface World {
  readonly azure: FakeAzure;
  readonly connector: SentinelDataCollectorConnector;
  readonly send: (count?: number, credentials?: Credentials, message?: string) => Promise<Outcome>;
}

async function world(
  t: TestContext,
  options: FakeAzureOptions & {
    readonly connector?: Partial<SentinelDataCollectorOptions>;
    readonly config?: JsonObject;
  } = {},
): Promise<World> {
  const azure = await startFakeAzure(options);
  t.after(() => azure.close());
  const policy = createAddressPolicy('http+127.0.0.1/32:1024-65535');
  const egress = createEgress({ policy });
  t.after(() => egress.close());
  const connector = new SentinelDataCollectorConnector({
    config: parseSentinelDataCollectorConfig({ ...azure.dataCollector.config, ...options.config }),
    egress,
    nowMs: Date.now,
    retryAfterMs,
    listAllows: (url) => policy.listAllows(url),
    ...options.connector,
  });
  return {
    azure,
    connector,
    send: (count = 3, credentials = azure.dataCollector.credentials, message = 'a message') =>
      sendEvents(connector, sampleEvents(count, { message }), credentials, NEVER),
  };
}

function reasonOf(outcome: Outcome): string {
  assert.ok(outcome.kind === 'configuration', `${outcome.kind}: ${outcome.answer.message}`);
  return outcome.reason;
}

test('events arrive as flat rows with their exact text, signed by bytes', async (t) => {
  const { azure, connector } = await world(t);
  const events = sampleEvents(50, { message: 'Grüße € 😀' });
  const outcome = await sendEvents(connector, events, azure.dataCollector.credentials, NEVER);
  assert.equal(outcome.kind, 'delivered');
  const rows = azure.rows('data_collector');
  assert.deepEqual(
    rows.map((row) => row['RawEvent']),
    events.map(({ text }) => text),
  );
  assert.equal(rows[0]?.['TimeGenerated'], rows[0]?.['EventTime']);
  assert.equal(rows[0]?.['ConstraintIds'], '["c-1"]');
  assert.deepEqual(azure.losses().cut, {});
});

test('a request has the headers of the API and no others of its own', async (t) => {
  const { azure, send } = await world(t);
  await send(1);
  const [request] = azure.requests('data_collector');
  assert.equal(request?.path, '/api/logs?api-version=2016-04-01');
  assert.equal(request?.headers['content-type'], 'application/json');
  assert.equal(request?.headers['log-type'], 'AegisOcsfClassic');
  assert.equal(request?.headers['time-generated-field'], 'EventTime');
  assert.equal(request?.headers['content-encoding'], undefined);
  assert.match(request?.headers['x-ms-date'] ?? '', /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/);
});

test('403 is signed anew once with a fresh date', async (t) => {
  let nowMs = Date.UTC(2026, 10, 24, 3);
  const { azure, send } = await world(t, {
    nowMs: () => nowMs,
    connector: { nowMs: () => (nowMs += 2_000) },
  });
  azure.fail('data_collector', { kind: 'answer', status: 403 });
  assert.equal((await send()).kind, 'delivered');
  const [first, second] = azure.requests('data_collector');
  assert.notEqual(first?.headers['x-ms-date'], second?.headers['x-ms-date']);
  assert.notEqual(first?.headers['authorization'], second?.headers['authorization']);
});

test('a wrong key holds the destination after two tries, and is in no outcome', async (t) => {
  const { azure, send } = await world(t);
  const wrong = Buffer.alloc(64, 7).toString('base64');
  const outcome = await send(2, { shared_key: wrong });
  assert.equal(reasonOf(outcome), 'signature_refused');
  assert.equal(azure.requests('data_collector').length, 2);
  assert.ok(!JSON.stringify(outcome).includes(wrong));
  assert.equal((await send(2)).kind, 'delivered');
});

test('a regenerated key is refused until the destination has the new one', async (t) => {
  const { azure, send } = await world(t);
  const next = Buffer.alloc(64, 9).toString('base64');
  azure.dataCollector.changeSharedKey(next);
  assert.equal(reasonOf(await send(1)), 'signature_refused');
  assert.equal((await send(1, { shared_key: next })).kind, 'delivered');
});

test('a clock that is off is named with how far', async (t) => {
  const { send } = await world(t, { connector: { nowMs: () => Date.now() + 7_200_000 } });
  const outcome = await send(1);
  assert.ok(outcome.kind === 'configuration');
  assert.match(outcome.advice, /clock of this machine is 7\d\d\d s ahead/);
});

test('another workspace is a matter of settings', async (t) => {
  const { send } = await world(t, { config: { workspace_id: 'ffffffff-3333-4444-8555-666677778888' } });
  assert.equal(reasonOf(await send(1)), 'invalid_customer_id');
});

test('a refused body is told from refused settings', async (t) => {
  const { azure, send } = await world(t);
  azure.dataCollector.refuseRows((row) => row['StreamSeq'] === 2);
  assert.equal((await send(3)).kind, 'poison');
  assert.equal((await send(1)).kind, 'delivered');
});

test('taken without an answer is ambiguous; a host that is down is transient', async (t) => {
  const { azure, send } = await world(t);
  azure.fail('data_collector', { kind: 'take_then_reset' });
  assert.equal((await send()).kind, 'ambiguous');
  await azure.close();
  assert.equal((await send()).kind, 'transient');
});

test('an address that cannot be found says that the API may be gone', async (t) => {
  const { send } = await world(t, {
    connector: {
      egress: {
        request: () =>
          Promise.resolve({
            kind: 'failure',
            phase: 'dns',
            code: 'name_not_found',
            message: 'No such name',
            requestSent: false,
            durationMs: 1,
          }),
        close: () => Promise.resolve(),
      },
    },
  });
  const outcome = await send();
  assert.equal(outcome.kind, 'transient');
  assert.match(outcome.answer.message, /2026-09-14/);
});

test('an event at the size limit arrives uncut', async (t) => {
  const { azure, connector, send } = await world(t);
  let chars = 10_000;
  const sizeWith = (): number => {
    const [event] = sampleEvents(1, { message: 'ü"'.repeat(chars) });
    return event === undefined ? 0 : connector.encode(event).bytes;
  };
  while (sizeWith() > connector.limits.maxEventSize) chars -= 10;
  assert.ok(chars > 3_000);
  assert.equal((await send(1, undefined, 'ü"'.repeat(chars))).kind, 'delivered');
  assert.deepEqual(azure.losses().cut, {});
});

test('a batch over the limit of a post is too big before anything is sent', async (t) => {
  const { azure, connector } = await world(t);
  const [event] = sampleEvents(1, { message: 'x'.repeat(20_000) });
  assert.ok(event !== undefined);
  const many = Array.from({ length: 2_000 }, () => event);
  assert.equal((await sendEvents(connector, many, azure.dataCollector.credentials, NEVER)).kind, 'too_big');
  assert.equal(azure.requests().length, 0);
});

test('nothing is signed for an address that is neither the cloud’s nor on the list', async (t) => {
  const { azure, send } = await world(t, { connector: { listAllows: () => false } });
  assert.equal(reasonOf(await send()), 'azure_host_refused');
  assert.equal(azure.requests().length, 0);
});

test('a key that cannot be one holds the destination before anything is sent', async (t) => {
  const { azure, send } = await world(t);
  for (const shared_key of [
    '',
    'not base64!',
    'c2hvcnQ=',
    `${azure.dataCollector.credentials['shared_key']}\n`,
  ]) {
    const outcome = await send(1, { shared_key });
    assert.equal(reasonOf(outcome), 'credentials_unusable');
    assert.ok(shared_key === '' || !JSON.stringify(outcome).includes(shared_key.trim()));
    assert.throws(() => checkSentinelDataCollectorCredentials({ shared_key }), ConnectorConfigError);
  }
  assert.equal(azure.requests().length, 0);
});

const ID = '11112222-3333-4444-8555-666677778888';
const WRONG: readonly (readonly [config: JsonObject, pointer: string, hint: RegExp])[] = [
  [{}, '/workspace_id', /Agents/],
  [{ workspace_id: 'my-workspace' }, '/workspace_id', /GUID/],
  [{ workspace_id: '/subscriptions/1' }, '/workspace_id', /resource id/],
  [{ workspace_id: ID, log_type: 'Aegis_CL' }, '/log_type', /_CL/],
  [{ workspace_id: ID, log_type: 'Aegis-Ocsf' }, '/log_type', /underscores/],
  [{ workspace_id: ID, log_type: 'a'.repeat(101) }, '/log_type', /100/],
  [{ workspace_id: ID, endpoint: 'https://x.example.com/api/logs' }, '/endpoint', /path/],
  [{ workspace_id: ID, cloud: 'moon' }, '/cloud', /public/],
  [{ workspace_id: ID, shared_key: 'x' }, '/shared_key', /no such setting/],
];
for (const [config, pointer, hint] of WRONG) {
  test(`${JSON.stringify(config).slice(0, 80)} is refused at ${pointer}`, () => {
    assert.throws(
      () => parseSentinelDataCollectorConfig(config),
      (error) =>
        error instanceof ConnectorConfigError && error.pointer === pointer && hint.test(error.message),
    );
  });
}

test('workspace and cloud make the address, and changing them changes where the key is used', () => {
  const { endpoint } = parseSentinelDataCollectorConfig({ workspace_id: ID, cloud: 'china' });
  assert.equal(endpoint.href, `https://${ID}.ods.opinsights.azure.cn/`);
  const base = { workspace_id: ID };
  assert.notEqual(
    sentinelDataCollectorAddress({ ...base, cloud: 'gov' }),
    sentinelDataCollectorAddress(base),
  );
  assert.equal(
    sentinelDataCollectorAddress({ ...base, cloud: 'public', log_type: 'Other' }),
    sentinelDataCollectorAddress(base),
  );
});

test('the connector is marked legacy', () => {
  assert.equal(SENTINEL_DATA_COLLECTOR_STABILITY, 'legacy');
  assert.match(LEGACY_NOTICE, /2026-09-14/);
});
