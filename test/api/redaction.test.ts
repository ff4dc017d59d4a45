import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SMALLEST_ATTESTATION } from '../support/valid-attestation.ts';
import { type ApiReply, type ApiWorld, openApiWorld } from './api-world.ts';

const PATH = '/v1/siem/destinations';
const TOKEN = '3c5d2b1a-9f8e-4d7c-8b6a-5e4f3d2c1b0a';
const KEY = 'the key of the redaction in this test';

interface Shown {
  readonly redaction: unknown;
  readonly ocsf: { readonly validate: boolean };
}

const shown = (reply: ApiReply): Shown => JSON.parse(reply.text) as Shown;

describe('redaction over the API', () => {
  let world: ApiWorld;
  let made = 0;
  before(async () => {
    world = await openApiWorld();
  });
  after(() => world.close());
  const post = (more: object, credentials: object = {}): Promise<ApiReply> => {
    made += 1;
    return world.call({
      method: 'POST',
      url: PATH,
      body: {
        name: `redacting-${made}`,
        workspace_id: 'ws-test',
        type: 'splunk_hec',
        config: { url: 'https://splunk.example.com:8088' },
        credentials: { token: TOKEN, ...credentials },
        ...more,
      },
    });
  };
  const patch = (id: string, body: unknown): Promise<ApiReply> =>
    world.call({ method: 'PATCH', url: `${PATH}/${id}`, body });

  test('rules are kept, shown, replaced by PATCH and taken away by null', async () => {
    const redaction = [
      { fields: ['agent_id', 'impact.entities.name'], action: 'mask' },
      { patterns: ['email', 'iban'], action: 'keep_last', keep: 6 },
    ];
    const reply = await post({ redaction, ocsf: { class_uid: 6003, version: '1.9.0', validate: true } });
    assert.equal(reply.status, 201, reply.text);
    const id = reply.body.destination_id;
    assert.deepEqual([shown(reply).redaction, shown(reply).ocsf.validate], [redaction, true]);
    const other = [{ fields: ['payload_hash'], action: 'drop' }];
    const changed = await patch(id, { redaction: other });
    assert.deepEqual([shown(changed).redaction, shown(changed).ocsf.validate], [other, true]);
    const without = await patch(id, { redaction: null, ocsf: { validate: false } });
    assert.deepEqual([shown(without).redaction, shown(without).ocsf.validate], [[], false]);
  });

  const refusals: readonly (readonly [what: string, rules: unknown, code: string, pointer: string])[] = [
    [
      'a required field that is dropped',
      [{ fields: ['agent_id'], action: 'drop' }],
      'bad_value',
      '/redaction/0/fields/0',
    ],
    [
      'a field that there is not',
      [{ fields: ['agent'], action: 'drop' }],
      'bad_value',
      '/redaction/0/fields/0',
    ],
    [
      'a pattern that there is not',
      [{ patterns: ['name'], action: 'mask' }],
      'bad_value',
      '/redaction/0/patterns/0',
    ],
    [
      'an action that there is not',
      [{ patterns: ['jwt'], action: 'blur' }],
      'bad_value',
      '/redaction/0/action',
    ],
    [
      'fields and patterns at once',
      [{ fields: ['agent_id'], patterns: ['jwt'], action: 'mask' }],
      'bad_value',
      '/redaction/0',
    ],
    [
      'more kept than may be',
      [{ patterns: ['jwt'], action: 'keep_last', keep: 17 }],
      'bad_value',
      '/redaction/0/keep',
    ],
    ['an unknown member', [{ path: 'x', action: 'drop' }], 'unknown_field', '/redaction/0/path'],
    ['no list', { fields: ['agent_id'] }, 'wrong_type', '/redaction'],
    [
      'a hash without a key',
      [{ fields: ['agent_id'], action: 'hash' }],
      'bad_credential',
      '/credentials/redaction_key',
    ],
  ];
  for (const [what, redaction, code, pointer] of refusals) {
    test(`refuses ${what}, and says where`, async () => {
      const reply = await post({ redaction });
      assert.deepEqual([reply.status, reply.body.code, reply.body.pointer], [422, code, pointer], reply.text);
    });
  }

  test('the key is sealed, shown by its fingerprint alone, and kept when the address changes', async () => {
    const redaction = [{ fields: ['agent_id'], action: 'hash' }];
    const short = await post({ redaction }, { redaction_key: 'too short' });
    assert.deepEqual([short.status, short.body.pointer], [422, '/credentials/redaction_key']);
    const reply = await post({ redaction }, { redaction_key: KEY });
    assert.equal(reply.status, 201, reply.text);
    const id = reply.body.destination_id;
    assert.match(reply.body.credentials['redaction_key']?.fingerprint ?? '', /^[0-9a-f]{12}$/);
    const moved = await patch(id, {
      config: { url: 'https://other.example.com:8088' },
      credentials: { token: TOKEN },
    });
    assert.equal(moved.status, 200, moved.text);
    assert.deepEqual(moved.body.credentials['redaction_key'], reply.body.credentials['redaction_key']);
    const removed = await patch(id, { credentials: { redaction_key: null } });
    assert.deepEqual([removed.status, removed.body.code], [422, 'bad_credential']);
    assert.equal((await patch(id, { redaction: [], credentials: { redaction_key: null } })).status, 200);
    const later = await patch(id, { redaction });
    assert.deepEqual([later.status, later.body.pointer], [422, '/credentials/redaction_key']);
    const audit = await world.call({ url: '/v1/audit' });
    for (const text of [reply.text, short.text, moved.text, audit.text, world.logs()])
      assert.ok(!text.includes(KEY));
  });

  test('every type of destination may have the key', async () => {
    const reply = await post({
      type: 'sentinel_data_collector',
      config: { workspace_id: '0b5c0000-0000-4000-8000-000000000001', log_type: 'Aegis' },
      credentials: { shared_key: Buffer.alloc(64, 7).toString('base64'), redaction_key: KEY },
      redaction: [{ patterns: ['email'], action: 'hash' }],
    });
    assert.equal(reply.status, 201, reply.text);
  });

  test('the story of a record shows each event as its destination gets it', async () => {
    const record = { ...SMALLEST_ATTESTATION, workspace_id: 'ws-test', agent_id: 'agent-of-the-story' };
    const reply = await post({ redaction: [{ fields: ['agent_id'], action: 'mask' }] });
    const id = reply.body.destination_id;
    await world.call({ method: 'POST', url: '/v1/attestations', body: record });
    const story = await world.call({ url: `/v1/attestations/${record.attestation_id}` });
    const { renderings } = JSON.parse(story.text) as {
      renderings: readonly { destination_id: string; event: { unmapped: { aegis: object } } }[];
    };
    const event = renderings.find((item) => item.destination_id === id)?.event;
    assert.ok(event !== undefined && !JSON.stringify(event).includes('agent-of-the-story'));
    assert.deepEqual('redacted' in event.unmapped.aegis && event.unmapped.aegis.redacted, [
      { field: 'agent_id', action: 'mask', count: 1 },
    ]);
  });
});
