import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateAttestations } from '../support/generate-attestations.ts';
import { type ApiReply, type ApiWorld, openApiWorld } from './api-world.ts';

describe('a key that is bound to a workspace', () => {
  let world: ApiWorld;
  /** May everything, in its own workspace. */
  let stranger: string;
  let destinationId: string;
  let attestationId: string;
  let deadLetterId: string;
  let foreignKeyId: string;
  let replayId: string;

  before(async () => {
    world = await openApiWorld();
    stranger = await world.key(['admin'], 'ws-stranger');
    const made = await world.call({
      method: 'POST',
      url: '/v1/siem/destinations',
      body: {
        name: 'owned',
        workspace_id: 'ws-owner',
        type: 'splunk_hec',
        config: { url: 'https://splunk.example.com:8088' },
        credentials: { token: 'a'.repeat(36) },
      },
    });
    destinationId = made.body.destination_id;
    const [text = ''] = generateAttestations({ seed: 1, count: 1, workspaceId: 'ws-owner' });
    attestationId = (JSON.parse(text) as { attestation_id: string }).attestation_id;
    await world.call({ method: 'POST', url: '/v1/attestations', body: text });
    await world.deadLetter(destinationId, attestationId);
    const letters = await world.call({ url: '/v1/siem/dead-letters' });
    deadLetterId = letters.body.items[0]?.dead_letter_id ?? '';
    const key = await world.call({
      method: 'POST',
      url: '/v1/api-keys',
      body: { name: 'owner', scopes: ['admin'], workspace_id: 'ws-owner' },
    });
    foreignKeyId = key.body.api_key_id;
    const replay = await world.call({
      method: 'POST',
      url: '/v1/siem/replays',
      body: { destination_id: destinationId, missing_since: '2020-01-01T00:00:00Z' },
    });
    replayId = replay.body.replay?.replay_id ?? '';
  });
  after(() => world.close());

  const asStranger = (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
  ): Promise<ApiReply> => world.call({ method, url, key: stranger, ...(body === undefined ? {} : { body }) });

  test('finds nothing of another workspace by id, on any route', async () => {
    const at = `/v1/siem/destinations/${destinationId}`;
    for (const [method, url, body] of [
      ['GET', at],
      ['PATCH', at, { name: 'mine' }],
      ['DELETE', `${at}?open=skip&reason=mine`],
      ['POST', `${at}/test`, {}],
      ['POST', `${at}/pause`, {}],
      ['POST', `${at}/resume`, {}],
      ['GET', `${at}/health`],
      ['GET', `${at}/attempts`],
      ['GET', `/v1/attestations/${attestationId}`],
      ['DELETE', `/v1/api-keys/${foreignKeyId}`],
      ['POST', '/v1/siem/replays', { destination_id: destinationId, from: '2020-01-01T00:00:00Z' }],
      ['GET', `/v1/siem/replays/${replayId}`],
      ['POST', `/v1/siem/replays/${replayId}/pause`, {}],
      ['POST', `/v1/siem/replays/${replayId}/resume`, {}],
      ['POST', `/v1/siem/replays/${replayId}/cancel`, {}],
    ] as const) {
      const reply = await asStranger(method, url, body);
      assert.deepEqual([reply.status, reply.body.code], [404, 'not_found'], `${method} ${url}`);
    }
    const still = await world.call({ url: at });
    assert.deepEqual([still.status, still.body.name, still.body.state], [200, 'owned', 'active']);
    assert.equal((await world.call({ url: `/v1/siem/replays/${replayId}` })).body.status, 'running');
  });

  test('lists nothing of another workspace', async () => {
    for (const url of [
      '/v1/siem/destinations',
      '/v1/siem/dead-letters',
      `/v1/siem/dead-letters?destination=${destinationId}`,
      '/v1/siem/outbox',
      `/v1/siem/outbox?destination=${destinationId}`,
      '/v1/siem/replays',
      `/v1/siem/replays?destination=${destinationId}`,
      '/v1/audit',
    ]) {
      assert.deepEqual((await asStranger('GET', url)).body.items, [], url);
    }
    const keys = await asStranger('GET', '/v1/api-keys');
    assert.ok(keys.body.items.every(({ api_key_id: id }) => id !== foreignKeyId));
    assert.equal((await asStranger('GET', '/metrics')).status, 403);
  });

  test('neither retries nor skips dead letters of another workspace', async () => {
    for (const selection of [{ ids: [deadLetterId] }, { filter: { destination_id: destinationId } }]) {
      const retried = await asStranger('POST', '/v1/siem/dead-letters/retry', selection);
      const skipped = await asStranger('POST', '/v1/siem/dead-letters/skip', {
        ...selection,
        reason: 'mine',
      });
      assert.ok(retried.text.includes('"ids":[]') && skipped.text.includes('"ids":[]'));
    }
    const letters = await world.call({ url: '/v1/siem/dead-letters?status=dead' });
    assert.equal(letters.body.items[0]?.dead_letter_id, deadLetterId);
  });

  test('makes nothing in another workspace, and no key beyond its own', async () => {
    const destination = await asStranger('POST', '/v1/siem/destinations', {
      name: 'planted',
      workspace_id: 'ws-owner',
      type: 'splunk_hec',
      config: { url: 'https://splunk.example.com:8088' },
      credentials: { token: 'a'.repeat(36) },
    });
    assert.deepEqual([destination.status, destination.body.code], [403, 'workspace_forbidden']);
    const key = await asStranger('POST', '/v1/api-keys', {
      name: 'k',
      scopes: ['admin'],
      workspace_id: 'ws-owner',
    });
    assert.deepEqual([key.status, key.body.code], [403, 'workspace_forbidden']);
    const own = await asStranger('POST', '/v1/api-keys', { name: 'own', scopes: ['admin'] });
    const list = await world.call({ url: '/v1/siem/destinations', key: own.body.key });
    assert.deepEqual(list.body.items, []);
  });

  test('cannot revoke itself', async () => {
    const own = await asStranger('POST', '/v1/api-keys', { name: 'self', scopes: ['admin'] });
    const reply = await world.call({
      method: 'DELETE',
      url: `/v1/api-keys/${own.body.api_key_id}`,
      key: own.body.key,
    });
    assert.deepEqual([reply.status, reply.body.code], [409, 'own_key']);
  });
});
