import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type FakeAzure, startFakeAzure } from './fake-azure.ts';

const SCOPE = 'https://monitor.azure.com/.default';

interface Reply {
  readonly status: number;
  readonly body: string;
}

function post(
  azure: FakeAzure,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, azure.url),
      { method: 'POST', headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function start(t: TestContext): Promise<FakeAzure> {
  const azure = await startFakeAzure();
  t.after(() => azure.close());
  return azure;
}

function text(value: unknown): string {
  assert.ok(typeof value === 'string');
  return value;
}

function form(azure: FakeAzure, change: Readonly<Record<string, string>> = {}): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: text(azure.logsIngestion.config['client_id']),
    client_secret: azure.logsIngestion.credentials['client_secret'] ?? '',
    scope: SCOPE,
    ...change,
  });
}

function askToken(azure: FakeAzure, body: string): Promise<Reply> {
  const path = `/${text(azure.logsIngestion.config['tenant_id'])}/oauth2/v2.0/token`;
  return post(azure, path, { 'content-type': 'application/x-www-form-urlencoded' }, body);
}

async function token(azure: FakeAzure): Promise<string> {
  const reply = await askToken(azure, form(azure).toString());
  assert.equal(reply.status, 200);
  return (JSON.parse(reply.body) as { access_token: string }).access_token;
}

async function ingest(
  azure: FakeAzure,
  body: unknown,
  options: { path?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<Reply> {
  const path =
    options.path ??
    `/dataCollectionRules/${text(azure.logsIngestion.config['dcr_immutable_id'])}/streams/Custom-AegisOcsf?api-version=2023-01-01`;
  const headers = {
    authorization: `Bearer ${await token(azure)}`,
    'content-type': 'application/json',
    ...options.headers,
  };
  return post(azure, path, headers, body instanceof Uint8Array ? body : JSON.stringify(body));
}

test('a secret that was not encoded for the form is another secret', async (t) => {
  const azure = await start(t);
  const raw = [...form(azure)].map(([name, value]) => `${name}=${value}`).join('&');
  const reply = await askToken(azure, raw);
  assert.equal(reply.status, 401);
  assert.match(reply.body, /AADSTS7000215/);
});

const FORM_FAULTS: readonly (readonly [change: Record<string, string>, status: number, number: string])[] = [
  [{ scope: 'https://monitor.azure.us/.default' }, 400, 'AADSTS70011'],
  [{ client_id: 'other' }, 400, 'AADSTS700016'],
  [{ grant_type: 'password' }, 400, 'AADSTS70003'],
  [{ client_assertion: 'a.b.c', client_assertion_type: 'wrong' }, 400, 'AADSTS900144'],
];
for (const [change, status, number] of FORM_FAULTS) {
  test(`the sign-in with ${JSON.stringify(change)} is refused with ${number}`, async (t) => {
    const azure = await start(t);
    const reply = await askToken(azure, form(azure, change).toString());
    assert.equal(reply.status, status);
    assert.ok(reply.body.includes(number));
  });
}

test('an undeclared property is dropped and a mistyped one is null, with 204', async (t) => {
  const azure = await start(t);
  const reply = await ingest(azure, [{ EventUid: 'a', Extra: 1, StreamSeq: 'seven' }]);
  assert.equal(reply.status, 204);
  assert.equal(azure.rows()[0]?.['EventUid'], 'a');
  assert.deepEqual(azure.losses(), { dropped: { Extra: 1 }, cut: {}, mistyped: { StreamSeq: 1 } });
});

test('a single object is answered with 204 and nothing is kept', async (t) => {
  const azure = await start(t);
  assert.equal((await ingest(azure, { EventUid: 'a' })).status, 204);
  assert.equal((await ingest(azure, [])).status, 204);
  assert.equal(azure.rows().length, 0);
});

test('a field over 64 KB is cut', async (t) => {
  const azure = await start(t);
  await ingest(azure, [{ RawEvent: '"'.repeat(40_000) }, { RawEvent: 'x'.repeat(60_000) }]);
  assert.deepEqual(azure.losses().cut, { RawEvent: 1 });
});

test('a body over 1 MiB on the wire is refused in the words of the service', async (t) => {
  const azure = await start(t);
  const reply = await ingest(azure, [{ RawEvent: 'x'.repeat(1_100_000) }]);
  assert.equal(reply.status, 413);
  assert.match(reply.body, /Maximum allowed content length: 1048576 bytes \(1 MB\)/);
});

test('a small body that inflates beyond the limit is refused', async (t) => {
  const azure = await start(t);
  const bomb = gzipSync(Buffer.alloc(60 * 1_048_576, 0x20));
  const reply = await ingest(azure, bomb, { headers: { 'content-encoding': 'gzip' } });
  assert.equal(reply.status, 413);
  assert.match(reply.body, /PayloadSizeLimitExceeded/);
});

const INGEST_FAULTS: readonly (readonly [
  name: string,
  options: { path?: string; headers?: Record<string, string> },
  status: number,
])[] = [
  ['without a token', { headers: { authorization: '' } }, 401],
  ['with a token of somebody else', { headers: { authorization: 'Bearer abc' } }, 401],
  [
    'to another rule',
    { path: '/dataCollectionRules/dcr-1/streams/Custom-AegisOcsf?api-version=2023-01-01' },
    404,
  ],
  ['without a version', { path: '/dataCollectionRules/dcr-1/streams/Custom-AegisOcsf' }, 400],
  ['of another type', { headers: { 'content-type': 'text/plain' } }, 415],
  ['of an unknown encoding', { headers: { 'content-encoding': 'br' } }, 415],
  ['that is no gzip', { headers: { 'content-encoding': 'gzip' } }, 400],
];
for (const [name, options, status] of INGEST_FAULTS) {
  test(`a body ${name} is refused with ${status}`, async (t) => {
    const azure = await start(t);
    assert.equal((await ingest(azure, [{ EventUid: 'a' }], options)).status, status);
    assert.equal(azure.rows().length, 0);
  });
}

function collect(
  azure: FakeAzure,
  body: string,
  change: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const date = change['x-ms-date'] ?? new Date().toUTCString();
  const type = change['content-type'] ?? 'application/json';
  const signed = `POST\n${Buffer.byteLength(body)}\n${type}\nx-ms-date:${date}\n/api/logs`;
  const key = Buffer.from(azure.dataCollector.credentials['shared_key'] ?? '', 'base64');
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  const headers = {
    authorization: `SharedKey ${text(azure.dataCollector.config['workspace_id'])}:${signature}`,
    'content-length': String(Buffer.byteLength(body)),
    'content-type': type,
    'log-type': 'AegisOcsf',
    'x-ms-date': date,
    ...change,
  };
  return post(azure, '/api/logs?api-version=2016-04-01', headers, body);
}

test('a post that is signed by bytes is taken', async (t) => {
  const azure = await start(t);
  assert.equal((await collect(azure, '[{"Message":"é€😀"}]')).status, 200);
  assert.equal(azure.rows('data_collector').length, 1);
});

const COLLECT_FAULTS: readonly (readonly [
  name: string,
  change: Record<string, string>,
  status: number,
  body?: string,
])[] = [
  ['with a charset', { 'content-type': 'application/json; charset=utf-8' }, 403],
  ['with an old date', { 'x-ms-date': 'Mon, 04 Apr 2016 08:00:00 GMT' }, 403],
  ['with a date of another form', { 'x-ms-date': new Date().toISOString() }, 403],
  ['of another workspace', { authorization: 'SharedKey other:abc' }, 400],
  ['with gzip', { 'content-encoding': 'gzip' }, 501],
  ['with a log type of other characters', { 'log-type': 'Aegis-Ocsf' }, 400],
  ['that is no JSON', {}, 400, '{'],
  ['with a reserved property', {}, 400, '[{"TimeGenerated":"2026-11-24T03:00:00Z"}]'],
];
for (const [name, change, status, body = '[{"Message":"a"}]'] of COLLECT_FAULTS) {
  test(`a post ${name} is refused with ${status}`, async (t) => {
    const azure = await start(t);
    assert.equal((await collect(azure, body, change)).status, status);
    assert.equal(azure.rows().length, 0);
  });
}

test('a field over 32 KB is cut, and a post over 30 MB is not found', async (t) => {
  const azure = await start(t);
  await collect(azure, JSON.stringify([{ Message: 'x'.repeat(33_000) }]));
  assert.deepEqual(azure.losses().cut, { Message: 1 });
  const reply = await collect(azure, JSON.stringify([{ Message: 'x'.repeat(30_000_000) }]));
  assert.equal(reply.status, 404);
});

test('waiting for rows resolves when they are there, and says how many came when they are not', async (t) => {
  const azure = await start(t);
  const waiting = azure.waitFor(2, 'logs_ingestion');
  await ingest(azure, [{ EventUid: 'a' }, { EventUid: 'b' }]);
  await waiting;
  await assert.rejects(azure.waitFor(3, 'logs_ingestion', 10), /2 of 3 rows/);
});

test('a server that is down cuts every connection, and takes again when it is up', async (t) => {
  const azure = await start(t);
  azure.setDown(true);
  await assert.rejects(askToken(azure, form(azure).toString()));
  azure.setDown(false);
  assert.equal((await askToken(azure, form(azure).toString())).status, 200);
});

test('a gateway refuses what is larger than it passes on, by bytes on the wire', async (t) => {
  const azure = await startFakeAzure({ gatewayLimitBytes: 1_000 });
  t.after(() => azure.close());
  const large = [{ EventUid: 'x'.repeat(2_000) }];
  assert.equal((await ingest(azure, large)).status, 413);
  assert.equal((await collect(azure, JSON.stringify(large))).status, 413);
  assert.equal(azure.rows().length, 0);
  const packed = gzipSync(JSON.stringify(large));
  assert.equal((await ingest(azure, packed, { headers: { 'content-encoding': 'gzip' } })).status, 204);
});

test('a slow service has taken the rows long before it says so', async (t) => {
  const azure = await start(t);
  azure.fail('data_collector', { kind: 'slow', delayMs: 60_000 });
  let answered = false;
  void collect(azure, '[{"Message":"a"}]').then(
    () => {
      answered = true;
    },
    // Cut at the end of the test.
    () => undefined,
  );
  await azure.waitFor(1, 'data_collector');
  assert.equal(answered, false);
});

test('an expired secret is refused until another is set', async (t) => {
  const azure = await start(t);
  azure.tokens.expireSecret();
  assert.match((await askToken(azure, form(azure).toString())).body, /7000222/);
  azure.tokens.changeSecret('renewed');
  const renewed = form(azure, { client_secret: 'renewed' }).toString();
  assert.equal((await askToken(azure, renewed)).status, 200);
});
