import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { sendEvents } from '../../../test/support/send-events.ts';
import { FAKE_IDENTITY_HEADER, FAKE_IDENTITY_PATH } from '../../../test/fake-azure/fake-managed-identity.ts';
import {
  type FakeAzure,
  type FakeAzureOptions,
  startFakeAzure,
} from '../../../test/fake-azure/fake-azure.ts';
import { HTML } from '../../../test/fake-azure/azure-reply.ts';
import { withMetadataAt } from '../../../test/fake-azure/metadata-address.ts';
import { sampleEvents } from '../../../test/fake-azure/sample-event.ts';
import { selfSignedCertificate } from '../../../test/fake-azure/self-signed-certificate.ts';
import type { JsonObject } from '../../json.ts';
import { createAddressPolicy } from '../../egress/address-policy.ts';
import { createEgress } from '../../egress/create-egress.ts';
import type { Credentials } from '../connector.ts';
import { EntraTokens } from '../entra/entra-tokens.ts';
import type { Outcome } from '../outcome.ts';
import { retryAfterMs } from '../retry-after.ts';
import { parseSentinelLogsIngestionConfig } from './config.ts';
import { SentinelLogsIngestionConnector, type SentinelLogsIngestionOptions } from './connector.ts';

const NEVER = new AbortController().signal;

interface World {
  readonly azure: FakeAzure;
  readonly connector: SentinelLogsIngestionConnector;
  readonly send: (count?: number, credentials?: Credentials, signal?: AbortSignal) => Promise<Outcome>;
  readonly clock: { nowMs: number };
}

interface WorldOptions extends FakeAzureOptions {
  readonly config?: JsonObject;
  readonly credentials?: Credentials;
  readonly connector?: Partial<SentinelLogsIngestionOptions>;
  readonly files?: Readonly<Record<string, string>>;
}

async function world(t: TestContext, options: WorldOptions = {}): Promise<World> {
  const clock = { nowMs: Date.now() };
  const nowMs = (): number => clock.nowMs;
  const azure = await startFakeAzure({ nowMs, ...options });
  t.after(() => azure.close());
  const policy = createAddressPolicy('http+127.0.0.1/32:1024-65535');
  const egress = withMetadataAt(azure.url, createEgress({ policy }));
  t.after(() => egress.close());
  let uuids = 0;
  const shared = {
    egress,
    nowMs,
    randomUuid: () => `00000000-0000-4000-8000-${String((uuids += 1)).padStart(12, '0')}`,
    retryAfterMs,
  };
  const readTextFile = (path: string): Promise<string> => {
    const text = options.files?.[path];
    return text === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(text);
  };
  const tokens = new EntraTokens({ ...shared, readTextFile });
  const connector = new SentinelLogsIngestionConnector({
    config: parseSentinelLogsIngestionConfig({ ...azure.logsIngestion.config, ...options.config }),
    ...shared,
    tokens,
    listAllows: (url) => policy.listAllows(url),
    ambientIdentity: false,
    ambientVariables: {},
    ...options.connector,
  });
  const own = options.credentials ?? azure.logsIngestion.credentials;
  return {
    azure,
    connector,
    clock,
    send: (count = 3, credentials = own, signal = NEVER) =>
      sendEvents(connector, sampleEvents(count, { timeMs: clock.nowMs }), credentials, signal),
  };
}

function reasonOf(outcome: Outcome): string {
  assert.ok(outcome.kind === 'configuration', `${outcome.kind}: ${outcome.answer.message}`);
  return outcome.reason;
}

test('events arrive as rows with nothing dropped, cut or of a wrong type', async (t) => {
  const { azure, send } = await world(t);
  const outcome = await send(100);
  assert.equal(outcome.kind, 'delivered');
  assert.equal(outcome.answer.status, 204);
  assert.match(outcome.answer.message, /request id [0-9a-f-]{36}; client request id 00000000-0000-4000/);
  assert.deepEqual(azure.losses(), { dropped: {}, cut: {}, mistyped: {} });
  const texts = sampleEvents(100).length;
  assert.equal(azure.rows('logs_ingestion').length, texts);
  assert.deepEqual(
    azure.rows().map((row) => row['StreamSeq']),
    Array.from({ length: 100 }, (_, index) => index + 1),
  );
});

test('RawEvent in the table is the exact text of the event', async (t) => {
  const { azure, connector, clock } = await world(t);
  const events = sampleEvents(3, { timeMs: clock.nowMs, message: 'q"uote \\ é € 😀 \\u{1b}' });
  await sendEvents(connector, events, azure.logsIngestion.credentials, NEVER);
  assert.deepEqual(
    azure.rows().map((row) => row['RawEvent']),
    events.map(({ text }) => text),
  );
});

test('a request is gzip, says its type exactly, and has an id of its own', async (t) => {
  const { azure, send } = await world(t);
  await send(200);
  await send(1);
  const [first, second] = azure.requests('logs_ingestion');
  assert.equal(first?.headers['content-encoding'], 'gzip');
  assert.equal(first?.headers['content-type'], 'application/json');
  assert.match(first?.path ?? '', /\?api-version=2023-01-01$/);
  assert.ok((first?.wireBytes ?? Infinity) < 60_000);
  assert.notEqual(first?.headers['x-ms-client-request-id'], second?.headers['x-ms-client-request-id']);
});

test('one sign-in serves many batches, even when they start together', async (t) => {
  const { azure, send } = await world(t);
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => send(2)));
  assert.ok(outcomes.every(({ kind }) => kind === 'delivered'));
  await send(2);
  assert.equal(azure.requests('token').length, 1);
});

test('a token that lives for seconds is replaced in time', async (t) => {
  const { azure, send, clock } = await world(t, { tokenLifeSeconds: 20 });
  for (let round = 0; round < 5; round += 1) {
    assert.equal((await send(1)).kind, 'delivered');
    clock.nowMs += 18_000;
  }
  assert.equal(azure.rows().length, 5);
  assert.ok(azure.requests('logs_ingestion').every(({ status }) => status === 204));
});

test('a revoked token costs one refused request, and the batch arrives', async (t) => {
  const { azure, send } = await world(t);
  await send(1);
  azure.tokens.revokeTokens();
  assert.equal((await send(2)).kind, 'delivered');
  assert.deepEqual(
    azure.requests('logs_ingestion').map(({ status }) => status),
    [204, 401, 204],
  );
  assert.equal(azure.rows().length, 3);
});

test('a second 401 in a row holds the destination', async (t) => {
  const { azure, send } = await world(t);
  azure.fail('logs_ingestion', { kind: 'answer', status: 401 }, 2);
  assert.equal(reasonOf(await send()), 'token_refused');
  assert.equal(azure.requests('token').length, 2);
  assert.equal((await send()).kind, 'delivered');
});

test('a rotated secret is used at the next send', async (t) => {
  const { azure, send, clock } = await world(t);
  await send(1);
  azure.tokens.changeSecret('another+secret&%');
  clock.nowMs += 3_600_000;
  assert.equal(reasonOf(await send(1)), 'client_secret_wrong');
  assert.equal((await send(1, { client_secret: 'another+secret&%' })).kind, 'delivered');
});

test('a wrong secret is told from an expired one, and is in no outcome', async (t) => {
  const { azure, send } = await world(t);
  const wrong = await send(1, { client_secret: 'a-wrong&secret' });
  assert.equal(reasonOf(wrong), 'client_secret_wrong');
  assert.equal(wrong.answer.code, 'AADSTS7000215');
  assert.ok(!JSON.stringify(wrong).includes('a-wrong'));
  azure.tokens.expireSecret();
  assert.equal(reasonOf(await send(1)), 'client_secret_expired');
});

test('the role that is missing holds the destination, and sending goes on once it is there', async (t) => {
  const { azure, send } = await world(t);
  azure.logsIngestion.grantRole(false);
  const held = await send();
  assert.equal(reasonOf(held), 'role_missing');
  assert.equal(held.answer.code, 'OperationFailed');
  azure.logsIngestion.grantRole(true);
  assert.equal((await send()).kind, 'delivered');
});

const SETTINGS: readonly (readonly [config: JsonObject, reason: string])[] = [
  [{ dcr_immutable_id: 'dcr-ffffffffffffffffffffffffffffffff' }, 'rule_not_found'],
  [{ stream: 'Custom-Other' }, 'invalid_stream'],
  [{ tenant_id: 'other.example.com' }, 'tenant_unknown'],
  [{ client_id: 'ffffffff-4e5f-4071-8293-a4b5c6d7e8f9' }, 'application_unknown'],
  [{ cloud: 'gov' }, 'scope_wrong'],
];
for (const [config, reason] of SETTINGS) {
  test(`${JSON.stringify(config)} is ${reason}`, async (t) => {
    const { azure, send } = await world(t, { config });
    const outcome = await send();
    assert.equal(reasonOf(outcome), reason);
    assert.ok(!JSON.stringify(outcome).includes(azure.logsIngestion.credentials['client_secret'] ?? '?'));
  });
}

test('nothing is sent to an address that is neither the cloud’s nor on the list', async (t) => {
  const { azure, send } = await world(t, { connector: { listAllows: () => false } });
  assert.equal(reasonOf(await send()), 'azure_host_refused');
  assert.equal(azure.requests().length, 0);
});

test('credentials that do not fit the way of signing in hold the destination before anything is sent', async (t) => {
  const { azure, send } = await world(t);
  assert.equal(reasonOf(await send(1, {})), 'credentials_unusable');
  assert.equal(reasonOf(await send(1, { client_secret: '' })), 'credentials_unusable');
  assert.equal(azure.requests().length, 0);
});

test('a table that refuses a row refuses the batch: the content is to blame', async (t) => {
  const { azure, send } = await world(t);
  azure.logsIngestion.refuseRows((row) => row['StreamSeq'] === 2);
  const outcome = await send(3);
  assert.equal(outcome.kind, 'poison');
  assert.equal(outcome.answer.code, 'MalformedRequestBody');
  assert.equal((await send(1)).kind, 'delivered');
  assert.equal(azure.rows().length, 1);
});

test('429 waits as told', async (t) => {
  const { azure, send } = await world(t);
  azure.fail('logs_ingestion', { kind: 'answer', status: 429, headers: { 'retry-after': '12' } });
  const outcome = await send();
  assert.ok(outcome.kind === 'throttled');
  assert.equal(outcome.retryAfterMs, 12_000);
});

const ANSWERS: readonly (readonly [status: number, kind: Outcome['kind']])[] = [
  [413, 'too_big'],
  [500, 'transient'],
  [503, 'transient'],
  [408, 'throttled'],
  [307, 'configuration'],
];
for (const [status, kind] of ANSWERS) {
  test(`${status} over the wire is ${kind}, and the next batch is sent as ever`, async (t) => {
    const { azure, send } = await world(t);
    azure.fail('logs_ingestion', {
      kind: 'answer',
      status,
      headers: { location: `${azure.url}/elsewhere` },
      body: HTML,
    });
    assert.equal((await send()).kind, kind);
    assert.equal(azure.requests().filter(({ path }) => path === '/elsewhere').length, 0);
    assert.equal((await send()).kind, 'delivered');
  });
}

test('a login page in place of the API is no success', async (t) => {
  const { azure, send } = await world(t);
  azure.fail('logs_ingestion', {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: HTML,
  });
  assert.equal(reasonOf(await send()), 'not_the_api');
  azure.fail('token', { kind: 'answer', status: 200, body: HTML });
  azure.tokens.revokeTokens();
  assert.equal(reasonOf(await send()), 'not_a_token_endpoint');
});

test('415 is tried once without gzip, and remembered when that worked', async (t) => {
  const { azure, send } = await world(t);
  azure.fail('logs_ingestion', { kind: 'answer', status: 415 });
  assert.equal((await send()).kind, 'delivered');
  assert.equal((await send()).kind, 'delivered');
  assert.deepEqual(
    azure.requests('logs_ingestion').map(({ headers }) => headers['content-encoding']),
    ['gzip', undefined, undefined],
  );
});

test('415 without gzip too holds the destination', async (t) => {
  const { azure, send } = await world(t);
  azure.fail('logs_ingestion', { kind: 'answer', status: 415 }, 2);
  assert.equal((await send()).kind, 'configuration');
});

test('taken without an answer is ambiguous', async (t) => {
  const { azure, send } = await world(t);
  // Twice: the first exchange may be on a kept connection, and is then repeated on a new one.
  azure.fail('logs_ingestion', { kind: 'take_then_reset' }, 2);
  assert.equal((await send(3)).kind, 'ambiguous');
  assert.ok(azure.rows().length >= 3);
});

test('a broken sign-in is never ambiguous', async (t) => {
  const { azure, send } = await world(t);
  azure.fail('token', { kind: 'take_then_reset' });
  assert.equal((await send(3)).kind, 'transient');
  assert.equal((await send(3)).kind, 'delivered');
});

test('a host that is down is transient', async (t) => {
  const { azure, send } = await world(t);
  await send(1);
  await azure.close();
  assert.equal((await send(1)).kind, 'transient');
});

test('an answer that is cut is judged by its status', async (t) => {
  const { azure, send } = await world(t);
  azure.fail('logs_ingestion', { kind: 'cut_reply', status: 500, body: '{"error":{"code":"Inter' });
  assert.equal((await send(1)).kind, 'transient');
});

test('stopping during a send gives up at once and says that the batch may have arrived', async (t) => {
  const { azure, send } = await world(t);
  await send(1);
  azure.fail('logs_ingestion', { kind: 'hang' });
  const stop = new AbortController();
  const sending = send(2, undefined, stop.signal);
  await azure.waitForRequests(2, 'logs_ingestion');
  stop.abort();
  assert.equal((await sending).kind, 'ambiguous');
  assert.equal((await send(1, undefined, stop.signal)).kind, 'local_fault');
});

test('a remote that repeats token and secret does not get them into the answer', async (t) => {
  const { azure, send } = await world(t);
  await send(1);
  const token = (azure.requests('logs_ingestion')[0]?.headers['authorization'] ?? '').replace('Bearer ', '');
  const secret = azure.logsIngestion.credentials['client_secret'] ?? '';
  assert.ok(token.length > 20);
  azure.fail('logs_ingestion', {
    kind: 'answer',
    status: 403,
    body: JSON.stringify({ error: { code: 'OperationFailed', message: `you sent ${token} and ${secret}` } }),
  });
  const text = JSON.stringify(await send(1));
  assert.ok(!text.includes(token) && !text.includes(secret));
  assert.match(text, /you sent \[removed\] and \[removed\]/);
});

test('a batch over the limit is too big before anything is sent, and one just within is taken', async (t) => {
  const { azure, connector, clock } = await world(t);
  const big = sampleEvents(40, { timeMs: clock.nowMs, message: 'é'.repeat(12_000) });
  const outcome = await sendEvents(connector, big, azure.logsIngestion.credentials, NEVER);
  assert.equal(outcome.kind, 'too_big');
  assert.equal(azure.requests().length, 0);

  const { maxBodyBytes, perEventOverheadBytes } = connector.limits;
  let bytes = 0;
  const fitting = big.filter((event) => {
    bytes += connector.encode(event).bytes + perEventOverheadBytes;
    return bytes <= maxBodyBytes;
  });
  assert.ok(fitting.length > 10 && fitting.length < big.length);
  assert.equal(
    (await sendEvents(connector, fitting, azure.logsIngestion.credentials, NEVER)).kind,
    'delivered',
  );
});

test('an event at the size limit arrives uncut', async (t) => {
  const { azure, connector, clock } = await world(t);
  const sizeWith = (chars: number) =>
    sampleEvents(1, { timeMs: clock.nowMs, message: '"'.repeat(chars) }).map(
      (event) => connector.encode(event).bytes,
    )[0] ?? 0;
  let chars = 20_000;
  while (sizeWith(chars) > connector.limits.maxEventSize) chars -= 10;
  const events = sampleEvents(1, { timeMs: clock.nowMs, message: '"'.repeat(chars) });
  assert.equal(
    (await sendEvents(connector, events, azure.logsIngestion.credentials, NEVER)).kind,
    'delivered',
  );
  assert.deepEqual(azure.losses().cut, {});
  assert.equal(azure.rows()[0]?.['RawEvent'], events[0]?.text);
});

test('late events keep their true time in EventTime', async (t) => {
  const { azure, connector, clock } = await world(t);
  const timeMs = clock.nowMs - 5 * 86_400_000;
  await sendEvents(connector, sampleEvents(1, { timeMs }), azure.logsIngestion.credentials, NEVER);
  const [row] = azure.rows();
  assert.equal(row?.['EventTime'], new Date(timeMs).toISOString());
  assert.equal(row?.['TimeGenerated'], new Date(clock.nowMs).toISOString());
});

test('a certificate signs in with an assertion of its own each time', async (t) => {
  const { certificatePem, privateKeyPem } = selfSignedCertificate('aegis');
  const { azure, send } = await world(t, {
    certificatePem,
    config: { auth: 'certificate' },
    credentials: { certificate_pem: certificatePem, private_key_pem: privateKeyPem },
  });
  assert.equal((await send(1)).kind, 'delivered');
  azure.tokens.revokeTokens();
  assert.equal((await send(1)).kind, 'delivered');
  assert.equal(azure.requests('token').length, 2);
});

test('a certificate that the application does not have is told from a wrong clock', async (t) => {
  const other = selfSignedCertificate('other');
  const { send } = await world(t, {
    certificatePem: selfSignedCertificate('aegis').certificatePem,
    config: { auth: 'certificate' },
    credentials: { certificate_pem: other.certificatePem, private_key_pem: other.privateKeyPem },
  });
  assert.equal(reasonOf(await send(1)), 'certificate_wrong');
});

for (const auth of ['workload_identity', 'managed_identity']) {
  test(`${auth} is refused unless the operator turned it on`, async (t) => {
    const { azure, send } = await world(t, {
      config: { auth },
      credentials: {},
      connector: { ambientVariables: { AZURE_FEDERATED_TOKEN_FILE: '/token' } },
    });
    assert.equal(reasonOf(await send(1)), 'ambient_identity_off');
    assert.equal(azure.requests().length, 0);
  });
}

test('a workload signs in with the token file, read anew for each exchange', async (t) => {
  const files: Record<string, string> = { '/token': 'federated.token.one\n' };
  const { azure, send } = await world(t, {
    federatedAssertion: 'federated.token.two',
    files,
    config: { auth: 'workload_identity' },
    credentials: {},
    connector: { ambientIdentity: true, ambientVariables: { AZURE_FEDERATED_TOKEN_FILE: '/token' } },
  });
  assert.equal(reasonOf(await send(1)), 'federation_wrong');
  files['/token'] = 'federated.token.two\n';
  assert.equal((await send(1)).kind, 'delivered');
  assert.equal(azure.rows().length, 1);
});

test('a workload without its variables is told which are missing', async (t) => {
  const { send } = await world(t, {
    config: { auth: 'workload_identity' },
    credentials: {},
    connector: { ambientIdentity: true },
  });
  const outcome = await send(1);
  assert.ok(outcome.kind === 'configuration');
  assert.match(outcome.advice, /AZURE_FEDERATED_TOKEN_FILE/);
});

test('a virtual machine signs in through the metadata service, for this purpose only', async (t) => {
  const { azure, send } = await world(t, {
    config: { auth: 'managed_identity' },
    credentials: {},
    connector: { ambientIdentity: true },
  });
  assert.equal((await send(1)).kind, 'delivered');
  const [asked] = azure.requests('token');
  assert.equal(asked?.headers['metadata'], 'true');
  assert.match(asked?.path ?? '', /resource=https%3A%2F%2Fmonitor\.azure\.com&/);
});

test('an app service signs in through its own endpoint', async (t) => {
  let endpoint = '';
  const { azure, send } = await world(t, {
    config: { auth: 'managed_identity' },
    credentials: {},
    connector: {
      ambientIdentity: true,
      ambientVariables: {
        get IDENTITY_ENDPOINT() {
          return endpoint;
        },
        IDENTITY_HEADER: FAKE_IDENTITY_HEADER,
      },
    },
  });
  endpoint = `${azure.url}${FAKE_IDENTITY_PATH}`;
  assert.equal((await send(1)).kind, 'delivered');
  assert.match(azure.requests('token')[0]?.path ?? '', /^\/msi\/token\?api-version=2019-08-01&/);
});
