import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { SMALLEST_ATTESTATION } from '../support/valid-attestation.ts';
import { type ApiReply, type ApiWorld, openApiWorld } from './api-world.ts';

const PATH = '/v1/siem/destinations';
const KEY = 'the key of the redaction in this test';
const RECORD = { ...SMALLEST_ATTESTATION, agent_id: 'agent-of-the-preview' };

interface Preview {
  readonly outcome: string;
  readonly stream: { readonly seq: number };
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly body_bytes: number;
  } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly notes: readonly string[];
}

describe('the preview of a destination', () => {
  let world: ApiWorld;
  let splunk: FakeSplunk;
  let id = '';
  before(async () => {
    world = await openApiWorld();
    splunk = await startFakeSplunk();
    id = await make({});
  });
  after(async () => {
    await world.close();
    await splunk.close();
  });
  let made = 0;
  async function make(more: object): Promise<string> {
    made += 1;
    const reply = await world.call({
      method: 'POST',
      url: PATH,
      body: {
        name: `previewed-${made}`,
        workspace_id: RECORD.workspace_id,
        type: 'splunk_hec',
        config: { url: splunk.url },
        credentials: { token: splunk.token },
        enabled: false,
        ...more,
      },
    });
    assert.equal(reply.status, 201, reply.text);
    return reply.body.destination_id;
  }
  const post = (body: object, destination = id, key?: string): Promise<ApiReply> =>
    world.call({
      method: 'POST',
      url: `${PATH}/${destination}/preview`,
      body,
      ...(key === undefined ? {} : { key }),
    });
  async function preview(body: object, destination = id): Promise<Preview> {
    const reply = await post(body, destination);
    assert.equal(reply.status, 200, reply.text);
    return JSON.parse(reply.text) as Preview;
  }

  test('shows the request in full for a destination that is disabled, without its token, and sends nothing', async () => {
    const { outcome, stream, request, notes } = await preview({ attestation: RECORD });
    assert.deepEqual([outcome, stream.seq], ['sent', 1]);
    assert.ok(request);
    assert.deepEqual([request.method, request.url], ['POST', `${splunk.url}/services/collector/event`]);
    assert.equal(request.headers['authorization'], 'Splunk [hidden]');
    assert.equal(request.headers['content-encoding'], 'gzip');
    assert.equal(Buffer.byteLength(request.body), request.body_bytes);
    const envelope = JSON.parse(request.body) as { event: { metadata: { uid: string; sequence: number } } };
    assert.deepEqual(
      [envelope.event.metadata.uid, envelope.event.metadata.sequence],
      [RECORD.attestation_id, 1],
    );
    assert.ok(notes.includes('The destination is disabled.'), notes.join('\n'));
    assert.equal(splunk.requests().length, 0);
    assert.ok(!JSON.stringify(request).includes(splunk.token));
  });

  test('takes the text of a record as it is, or one that is recorded', async () => {
    const text = JSON.stringify({ ...RECORD, note: 'kept' }).replace('"kept"', '12345678901234567890');
    const fromText = await preview({ attestation: text });
    assert.match(fromText.request?.body ?? '', /"12345678901234567890"/);
    await world.call({ method: 'POST', url: '/v1/attestations', body: RECORD });
    const stored = await preview({ attestation_id: RECORD.attestation_id });
    assert.equal(stored.request?.body, (await preview({ attestation: RECORD })).request?.body);
  });

  test('says that the filter leaves it out, with settings that are stored nowhere', async () => {
    const settings = { filter: { verdicts: ['allow'] } };
    assert.equal((await preview({ attestation: RECORD, settings })).outcome, 'left_out');
    assert.equal((await preview({ attestation: RECORD })).outcome, 'sent');
  });

  test('redacts as delivery does, with a key that is given, stored, or missing', async () => {
    const redaction = [{ fields: ['agent_id'], action: 'hash' }];
    const unsaved = await preview({
      attestation: RECORD,
      settings: { redaction, credentials: { redaction_key: KEY } },
    });
    assert.match(unsaved.request?.body ?? '', /hmac-sha256:[0-9a-f]{32}/);
    assert.ok(!unsaved.request?.body.includes(RECORD.agent_id));
    const storing = await make({ redaction, credentials: { token: splunk.token, redaction_key: KEY } });
    const stored = await preview({ attestation: RECORD }, storing);
    const agent = /hmac-sha256:[0-9a-f]{32}/;
    assert.equal(agent.exec(stored.request?.body ?? '')?.[0], agent.exec(unsaved.request?.body ?? '')?.[0]);
    const held = await preview({ attestation: RECORD, settings: { redaction } });
    assert.deepEqual([held.outcome, held.request, held.error?.code], ['held', null, 'redaction_key_missing']);
  });

  test('shows class, version and address as they would be', async () => {
    const settings = {
      config: { url: 'https://splunk.example.com:8088', index: 'ai' },
      ocsf: { class_uid: 6003, version: '1.9.0' },
    };
    const { request } = await preview({ attestation: RECORD, settings });
    assert.equal(request?.url, 'https://splunk.example.com:8088/services/collector/event');
    assert.match(request.body, /"index":"ai".*"class_uid":6003/);
    const stored = await world.call({ url: `${PATH}/${id}` });
    assert.equal(stored.body.config['url'], splunk.url);
  });

  const refusals: readonly (readonly [what: string, body: object, code: string, pointer: string])[] = [
    ['neither of the two', {}, 'bad_value', ''],
    ['both', { attestation: RECORD, attestation_id: RECORD.attestation_id }, 'bad_value', ''],
    [
      'a record that the parser refuses',
      { attestation: { ...RECORD, verdict: 'maybe' } },
      'unknown_verdict',
      '/attestation/verdict',
    ],
    [
      'an id that nothing has',
      { attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2eff' },
      'not_found',
      '/attestation_id',
    ],
    [
      'rules that cannot be carried out',
      { attestation: RECORD, settings: { redaction: [{ fields: ['agent_id'], action: 'drop' }] } },
      'bad_value',
      '/settings/redaction/0/fields/0',
    ],
    [
      'an address that is not allowed',
      { attestation: RECORD, settings: { config: { url: 'https://10.0.0.5:8088' } } },
      'address_refused',
      '/settings/config/url',
    ],
    [
      'another credential',
      { attestation: RECORD, settings: { credentials: { token: 'x' } } },
      'unknown_field',
      '/settings/credentials/token',
    ],
  ];
  for (const [what, body, code, pointer] of refusals) {
    test(`refuses ${what}, and says where`, async () => {
      const reply = await post(body);
      assert.ok(reply.status === 422 || reply.status === 404, reply.text);
      assert.deepEqual([reply.body.code, reply.body.pointer], [code, pointer], reply.text);
    });
  }

  test('is for keys that may read payloads, of the workspace', async () => {
    const body = { attestation_id: RECORD.attestation_id };
    const noPayloads = await world.key(['destinations:write', 'deliveries:read']);
    assert.equal((await post(body, id, noPayloads)).status, 403);
    const elsewhere = await world.key(['payloads:read'], 'ws-other');
    assert.equal((await post(body, id, elsewhere)).status, 404);
    const here = await world.key(['payloads:read'], RECORD.workspace_id);
    assert.equal((await post(body, id, here)).status, 200);
  });

  test('says that a record of another workspace never comes here', async () => {
    const { notes } = await preview({ attestation: { ...RECORD, workspace_id: 'ws-other' } });
    assert.ok(notes.some((note) => note.includes('another workspace')));
  });
});
