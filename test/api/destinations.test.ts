import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ApiReply, type ApiWorld, openApiWorld } from './api-world.ts';

const PATH = '/v1/siem/destinations';
const TOKEN = '3c5d2b1a-9f8e-4d7c-8b6a-5e4f3d2c1b0a';
const splunk = (name: string, more: object = {}): Record<string, unknown> => ({
  name,
  workspace_id: 'ws-test',
  type: 'splunk_hec',
  config: { url: 'https://splunk.example.com:8088' },
  credentials: { token: TOKEN },
  ...more,
});

describe('destinations over the API', () => {
  let world: ApiWorld;
  before(async () => {
    world = await openApiWorld();
  });
  after(() => world.close());
  const post = (body: unknown, key?: string): Promise<ApiReply> =>
    world.call({ method: 'POST', url: PATH, body, ...(key === undefined ? {} : { key }) });
  const made = async (name: string, more: object = {}): Promise<string> => {
    const reply = await post(splunk(name, more));
    assert.equal(reply.status, 201, reply.text);
    return reply.body.destination_id;
  };
  const patch = (id: string, body: unknown, headers: Record<string, string> = {}): Promise<ApiReply> =>
    world.call({ method: 'PATCH', url: `${PATH}/${id}`, body, headers });

  test('a destination is made, shown and listed, and its credentials are nowhere', async () => {
    const reply = await post(splunk('made'));
    assert.equal(reply.status, 201);
    assert.equal(reply.headers['etag'], '"1"');
    assert.equal(reply.headers['location'], `${PATH}/${reply.body.destination_id}`);
    assert.match(reply.body.credentials['token']?.fingerprint ?? '', /^[0-9a-f]{12}$/);
    assert.equal(reply.body.credentials['token']?.set, true);
    const shown = await world.call({ url: `${PATH}/${reply.body.destination_id}` });
    assert.deepEqual(shown.body, reply.body);
    const list = await world.call({ url: PATH });
    assert.ok(list.body.items.some((item) => item.name === 'made'));
    const audit = await world.call({ url: '/v1/audit' });
    for (const text of [reply.text, shown.text, list.text, audit.text, world.logs()]) {
      assert.ok(!text.includes(TOKEN));
    }
  });

  test('a change needs the version that it was made from, when If-Match names one', async () => {
    const id = await made('versions');
    const first = await patch(id, { config: { index: 'ai' } }, { 'if-match': '"1"' });
    assert.deepEqual([first.status, first.headers['etag'], first.body.config['index']], [200, '"2"', 'ai']);
    const stale = await patch(id, { config: { index: 'main' } }, { 'if-match': '"1"' });
    assert.deepEqual([stale.status, stale.body.code], [409, 'stale_version']);
    assert.deepEqual([stale.body.expected_version, stale.body.current_version], [1, 2]);
    const unread = await patch(id, { name: 'x' }, { 'if-match': 'abc' });
    assert.deepEqual([unread.status, unread.body.code], [400, 'bad_request']);
    const removed = await patch(id, { config: { index: null } });
    assert.equal('index' in removed.body.config, false);
  });

  test('another address needs the credentials again in the same request', async () => {
    const id = await made('address');
    const moved = { config: { url: 'https://other.example.com:8088' } };
    for (const body of [moved, { ...moved, credentials: { token: '****' } }]) {
      const reply = await patch(id, body);
      assert.deepEqual([reply.status, reply.body.code], [422, 'credentials_required']);
    }
    const shown = await world.call({ url: `${PATH}/${id}` });
    assert.equal(shown.body.config['url'], 'https://splunk.example.com:8088');
    const withToken = await patch(id, { ...moved, credentials: { token: TOKEN.replace('3', '4') } });
    assert.equal(withToken.status, 200);
    assert.notEqual(
      withToken.body.credentials['token']?.fingerprint,
      shown.body.credentials['token']?.fingerprint,
    );
  });

  test('the masked credentials of an answer, sent back, change nothing', async () => {
    const id = await made('echo');
    const before = await world.call({ url: `${PATH}/${id}` });
    const reply = await patch(id, { name: 'echo-2', credentials: before.body.credentials });
    assert.equal(reply.status, 200);
    assert.deepEqual(reply.body.credentials, before.body.credentials);
  });

  test('every setting that is not built yet is refused by name; an empty one is not', async () => {
    for (const [more, pointer] of [
      [{ ocsf: { class_uid: 2005, version: '1.1.0' } }, '/ocsf/class_uid'],
      [{ ocsf: { class_uid: 2001, version: '1.0.0' } }, '/ocsf/version'],
    ] as const) {
      const reply = await post(splunk('unbuilt', more));
      assert.deepEqual([reply.status, reply.body.code, reply.body.pointer], [422, 'not_supported', pointer]);
    }
    await made('built', { filter: {}, redaction: [], ocsf: { class_uid: 2001, version: '1.1.0' } });
  });

  test('a filter is kept and shown, changed by PATCH, and taken away by null', async () => {
    const filter = { verdicts: ['deny', 'escalate'], tools: ['payments.*'], except: { agents: ['agent-7'] } };
    const id = await made('filtered', { filter });
    const filterNow = (reply: ApiReply): unknown => (JSON.parse(reply.text) as { filter: unknown }).filter;
    assert.deepEqual(filterNow(await world.call({ url: `${PATH}/${id}` })), filter);
    const changed = await patch(id, { filter: { severities: ['high'] } });
    assert.deepEqual(filterNow(changed), { severities: ['high'] });
    assert.deepEqual(filterNow(await patch(id, { filter: null })), {});
    const refused = await patch(id, { filter: { verdicts: ['maybe'] } });
    assert.equal(refused.status, 422);
  });

  const refusals: readonly (readonly [string, object, string, string])[] = [
    ['an unknown field', { colour: 'red' }, 'unknown_field', '/colour'],
    ['a field that the service sets', { state: 'active' }, 'unknown_field', '/state'],
    [
      'an unknown config field',
      { config: { url: 'https://s.example.com', tokn: 'x' } },
      'unknown_field',
      '/config/tokn',
    ],
    [
      'an unknown credential',
      { credentials: { token: TOKEN, tok: 'x' } },
      'unknown_field',
      '/credentials/tok',
    ],
    ['a number for a text', { name: 7 }, 'wrong_type', '/name'],
    ['a text for a switch', { enabled: 'true' }, 'wrong_type', '/enabled'],
    ['an unknown type', { type: 'syslog' }, 'bad_value', '/type'],
    ['a name with a line break', { name: 'a\nb' }, 'bad_value', '/name'],
    ['a URL without a scheme', { config: { url: 'splunk' } }, '', '/config/url'],
    ['a private address', { config: { url: 'https://10.0.0.5:8088' } }, 'address_refused', '/config/url'],
    [
      'the metadata address',
      { config: { url: 'http://169.254.169.254:80' } },
      'address_refused',
      '/config/url',
    ],
    [
      'a port that no SIEM has',
      { config: { url: 'https://[2606:4700::1111]:22' } },
      'address_refused',
      '/config/url',
    ],
    [
      'a token in the address',
      { config: { url: 'https://splunk.example.com?token=1' } },
      'address_refused',
      '/config/url',
    ],
    ['no token', { credentials: {} }, 'bad_credential', '/credentials/token'],
    [
      'a token with its word',
      { credentials: { token: `Splunk ${TOKEN}` } },
      'bad_credential',
      '/credentials/token',
    ],
    [
      'a token with a line break',
      { credentials: { token: `${TOKEN}\r\nx: y` } },
      'bad_credential',
      '/credentials/token',
    ],
    [
      'a key without its certificate',
      { credentials: { token: TOKEN, client_key_pem: 'x' } },
      'bad_credential',
      '/credentials/client_key_pem',
    ],
    ['a masked credential', { credentials: { token: '********' } }, 'masked_secret', '/credentials/token'],
    ['a batch of none', { batch: { max_events: 0 } }, 'bad_value', '/batch/max_events'],
    ['an unknown source', { sources: ['all'] }, 'bad_value', '/sources/0'],
  ];
  for (const [what, more, code, pointer] of refusals) {
    test(`refuses ${what} at ${pointer}`, async () => {
      const reply = await post(splunk('refused', more));
      assert.equal(reply.status, 422, reply.text);
      if (code !== '') assert.equal(reply.body.code, code);
      assert.equal(reply.body.pointer, pointer);
      assert.ok(!reply.text.includes(TOKEN));
    });
  }

  const LOGS_INGESTION = {
    endpoint: 'https://aegis-abcd.westeurope-1.ingest.monitor.azure.com',
    dcr_immutable_id: `dcr-${'0'.repeat(32)}`,
    tenant_id: '11111111-2222-4333-8444-555555555555',
    client_id: '66666666-7777-4888-8999-000000000000',
  };
  const SECRET = 'Abc8Q~not-a-real-secret';
  const logsIngestion = (
    name: string,
    config: object,
    credentials: object = { client_secret: SECRET },
  ): object =>
    splunk(name, { type: 'sentinel_logs_ingestion', config: { ...LOGS_INGESTION, ...config }, credentials });

  for (const [what, config, credentials, code, pointer] of [
    ["another cloud's endpoint", { cloud: 'gov' }, undefined, 'address_refused', '/config/endpoint'],
    [
      'a foreign endpoint',
      { endpoint: 'https://siem.example.com' },
      undefined,
      'address_refused',
      '/config/endpoint',
    ],
    [
      'a foreign sign-in host',
      { authority_host: 'https://login.example.com' },
      undefined,
      'address_refused',
      '/config/authority_host',
    ],
    ['a tenant that is a URL', { tenant_id: 'https://x' }, undefined, 'bad_value', '/config/tenant_id'],
    [
      'a rule id of another form',
      { dcr_immutable_id: 'dcr-1' },
      undefined,
      'bad_value',
      '/config/dcr_immutable_id',
    ],
    ['the identity of the machine', { auth: 'managed_identity' }, {}, 'bad_value', '/config/auth'],
    ['no secret', {}, {}, 'bad_credential', '/credentials/client_secret'],
    [
      'a certificate where a secret is wanted',
      {},
      { certificate_pem: 'x' },
      'bad_credential',
      '/credentials/certificate_pem',
    ],
  ] as const) {
    test(`Sentinel: refuses ${what}`, async () => {
      const reply = await post(logsIngestion('sentinel', config, credentials));
      assert.deepEqual([reply.status, reply.body.code, reply.body.pointer], [422, code, pointer], reply.text);
      assert.ok(!reply.text.includes(SECRET));
    });
  }

  test('Sentinel: another tenant, sign-in host or way of signing in needs the secret again', async () => {
    const reply = await post(logsIngestion('tenant', {}));
    assert.equal(reply.status, 201, reply.text);
    const moved = await patch(reply.body.destination_id, {
      config: { tenant_id: '99999999-2222-4333-8444-555555555555' },
    });
    assert.deepEqual([moved.status, moved.body.code], [422, 'credentials_required']);
    const written = await patch(reply.body.destination_id, { config: { cloud: 'public' } });
    assert.equal(written.status, 200, 'a default that is written out changes no address');
    const auth = await patch(reply.body.destination_id, { config: { auth: 'certificate' } });
    assert.equal(auth.body.code, 'bad_credential');
  });

  test('Sentinel: the Data Collector is taken and says that it is legacy', async () => {
    const reply = await post(
      splunk('legacy', {
        type: 'sentinel_data_collector',
        config: { workspace_id: '11111111-2222-4333-8444-555555555555' },
        credentials: { shared_key: Buffer.alloc(64, 7).toString('base64') },
      }),
    );
    assert.equal(reply.status, 201, reply.text);
    assert.match(reply.text, /"notice":"[^"]*legacy/);
  });

  test('names every mistake of a body at once', async () => {
    const reply = await post(splunk('many', { enabled: 'yes', colour: 1, config: { url: 3 } }));
    const pointers = reply.body.errors.map((error) => error.pointer);
    assert.deepEqual(pointers.toSorted(), ['/colour', '/config/url', '/enabled']);
  });

  test('type and workspace cannot be changed; naming them as they are is fine', async () => {
    const id = await made('fixed');
    const moved = await patch(id, { workspace_id: 'ws-2' });
    assert.deepEqual([moved.status, moved.body.code], [422, 'immutable_field']);
    assert.equal(
      (await patch(id, { workspace_id: 'ws-test', type: 'splunk_hec', name: 'fixed-2' })).status,
      200,
    );
  });

  test('a name is taken once in a workspace', async () => {
    await made('taken');
    const reply = await post(splunk('taken'));
    assert.deepEqual([reply.status, reply.body.code], [409, 'name_taken']);
    await made('taken', { workspace_id: 'ws-2' });
  });

  test('pauses, resumes, disables and enables', async () => {
    const id = await made('states');
    const act = (word: string): Promise<ApiReply> =>
      world.call({ method: 'POST', url: `${PATH}/${id}/${word}`, body: {} });
    assert.equal((await act('pause')).body.state, 'paused');
    assert.equal((await patch(id, { enabled: true })).body.state, 'paused');
    assert.equal((await act('resume')).body.state, 'active');
    assert.equal((await patch(id, { enabled: false })).body.state, 'disabled');
    assert.equal((await act('pause')).body.code, 'destination_disabled');
    assert.equal((await patch(id, { enabled: true })).body.state, 'active');
  });

  test('is deleted with nothing waiting, and is then gone', async () => {
    const id = await made('deleted');
    const stale = await world.call({
      method: 'DELETE',
      url: `${PATH}/${id}`,
      headers: { 'if-match': '"9"' },
    });
    assert.equal(stale.status, 409);
    assert.equal((await world.call({ method: 'DELETE', url: `${PATH}/${id}` })).status, 204);
    assert.equal((await world.call({ url: `${PATH}/${id}` })).status, 404);
  });

  test('writing credentials needs a scope of its own', async () => {
    const key = await world.key(['destinations:write', 'destinations:read']);
    const reply = await post(splunk('no-credentials'), key);
    assert.deepEqual(
      [reply.status, reply.body.code, reply.body.scope],
      [403, 'missing_scope', 'credentials:write'],
    );
  });

  test('pages through the list by cursor, each destination once', async () => {
    const key = await world.key(['destinations:read', 'destinations:write', 'credentials:write'], 'ws-pages');
    for (let index = 0; index < 7; index += 1) {
      const reply = await post(splunk(`page-${index}`, { workspace_id: 'ws-pages' }), key);
      assert.equal(reply.status, 201);
    }
    const names: string[] = [];
    let url = `${PATH}?limit=3`;
    for (;;) {
      const { body } = await world.call({ url, key });
      names.push(...body.items.map((item) => item.name));
      if (body.next_cursor === null) break;
      url = `${PATH}?limit=3&cursor=${encodeURIComponent(body.next_cursor)}`;
    }
    assert.deepEqual(names, ['page-0', 'page-1', 'page-2', 'page-3', 'page-4', 'page-5', 'page-6']);
  });
});
