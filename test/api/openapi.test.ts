import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateAttestations } from '../support/generate-attestations.ts';
import { type ApiCall, type ApiWorld, openApiWorld } from './api-world.ts';
import { otherEvent } from './other-event.ts';

/** An endless answer, and the way to an identity provider: they have tests of their own. */
const ELSEWHERE = new Set([
  'GET /v1/siem/stream',
  'GET /v1/session/oidc/start',
  'GET /v1/session/oidc/callback',
]);

describe('the API as its OpenAPI document describes it', () => {
  let world: ApiWorld;
  before(async () => {
    world = await openApiWorld();
  });
  after(() => world.close());

  test('every operation answers as announced, and each that changes something leaves one audit record', async () => {
    const [attestation = ''] = generateAttestations({ seed: 1, count: 1, workspaceId: 'ws-tour' });
    const attestationId = (JSON.parse(attestation) as { attestation_id: string }).attestation_id;
    const audited = async (action: string, call: ApiCall): Promise<void> => {
      const before = await actions();
      const reply = await world.call(call);
      assert.ok(reply.status < 300, `${call.url}: ${reply.text}`);
      assert.deepEqual((await actions()).slice(0, -before.length), [action], call.url);
    };
    const actions = async (): Promise<string[]> =>
      (await world.call({ url: '/v1/audit?limit=500' })).body.items.map((item) => item.action);

    const made = await world.call({
      method: 'POST',
      url: '/v1/siem/destinations',
      body: {
        name: 'tour',
        workspace_id: 'ws-tour',
        type: 'splunk_hec',
        config: { url: 'https://splunk.example.com:8088' },
        credentials: { token: '3c5d2b1a-9f8e-4d7c-8b6a-5e4f3d2c1b0a' },
        sources: ['attestations', 'external'],
      },
    });
    assert.equal((await actions())[0], 'destination.created');
    const at = `/v1/siem/destinations/${made.body.destination_id}`;
    await audited('destination.changed', { method: 'PATCH', url: at, body: { config: { index: 'ai' } } });
    await audited('destination.tested', { method: 'POST', url: `${at}/test`, body: {} });
    await audited('destination.paused', { method: 'POST', url: `${at}/pause` });
    await audited('destination.resumed', { method: 'POST', url: `${at}/resume`, body: {} });
    for (const url of ['/v1/siem/destinations', at, `${at}/health`, `${at}/attempts`])
      await world.call({ url });

    for (const body of [attestation, attestation, `[${attestation},{}]`]) {
      await world.call({ method: 'POST', url: '/v1/attestations', body });
    }
    const posted = await world.call({
      method: 'POST',
      url: '/v1/events',
      body: { workspace_id: 'ws-tour', event: otherEvent('e1') },
    });
    assert.equal(posted.status, 201, posted.text);
    const story = await world.call({ url: `/v1/attestations/${attestationId}` });
    assert.equal(story.body.deliveries[0]?.status, 'pending');
    assert.equal(story.body.renderings?.[0]?.event.metadata.uid, attestationId);
    const looked = await actions();
    await world.call({ method: 'POST', url: `${at}/preview`, body: { attestation_id: attestationId } });
    assert.deepEqual(await actions(), looked);
    const outbox = await world.call({
      url: `/v1/siem/outbox?destination=${made.body.destination_id}&status=pending`,
    });
    assert.equal(outbox.body.items.length, 2);

    for (const url of ['/v1/siem/overview', `${at}/history`, '/v1/siem/deliveries']) {
      assert.equal((await world.call({ url })).status, 200, url);
    }

    await world.deadLetter(made.body.destination_id, attestationId);
    const sent = await world.call({ url: `/v1/attestations/${attestationId}/sent` });
    assert.equal(sent.body.items.length, 1);
    const letters = await world.call({ url: '/v1/siem/dead-letters?status=dead' });
    const id = letters.body.items[0]?.dead_letter_id ?? '';
    for (const [word, extra] of [
      ['retry', {}],
      ['skip', { reason: 'test' }],
    ] as const) {
      const url = `/v1/siem/dead-letters/${word}`;
      const before = await actions();
      const dry = await world.call({ method: 'POST', url, body: { ids: [id], dry_run: true, ...extra } });
      assert.deepEqual(dry.body, { ids: [id], count: 1, more: false, dry_run: true });
      assert.deepEqual(await actions(), before);
    }
    const range = 'from=2020-01-01T00:00:00Z&to=2199-01-01T00:00:00Z';
    const inRange = await world.call({
      url: `/v1/siem/dead-letters?attestation=${attestationId}&${range}`,
    });
    assert.deepEqual(
      inRange.body.items.map((item) => item.dead_letter_id),
      [id],
    );
    const before2020 = await world.call({
      method: 'POST',
      url: '/v1/siem/dead-letters/retry',
      body: { filter: { to: '2020-01-01T00:00:00Z' }, dry_run: true },
    });
    assert.deepEqual(before2020.body, { ids: [], count: 0, more: false, dry_run: true });
    const yesterday = await world.call({
      method: 'POST',
      url: '/v1/siem/dead-letters/retry',
      body: { filter: { from: 'yesterday' } },
    });
    assert.deepEqual(
      [yesterday.status, yesterday.body.code, yesterday.body.pointer],
      [422, 'bad_value', '/filter/from'],
    );
    const badQuery = await world.call({ url: '/v1/siem/dead-letters?to=2020' });
    assert.deepEqual([badQuery.status, badQuery.body.code], [400, 'bad_parameter']);
    await audited('dead_letters.skipped', {
      method: 'POST',
      url: '/v1/siem/dead-letters/skip',
      body: { ids: [id], reason: 'known bad' },
    });
    await audited('dead_letters.retried', {
      method: 'POST',
      url: '/v1/siem/dead-letters/retry',
      body: { ids: [id] },
    });

    const asked = { destination_id: made.body.destination_id, from: '2020-01-01T00:00:00Z' };
    const dry = await world.call({
      method: 'POST',
      url: '/v1/siem/replays',
      body: { ...asked, dry_run: true },
    });
    assert.equal(dry.status, 200, dry.text);
    await audited('replay.started', { method: 'POST', url: '/v1/siem/replays', body: asked });
    const replays = await world.call({ url: '/v1/siem/replays' });
    const replayAt = `/v1/siem/replays/${replays.body.items[0]?.replay_id}`;
    assert.equal((await world.call({ url: replayAt })).body.status, 'running');
    await audited('replay.paused', { method: 'POST', url: `${replayAt}/pause` });
    await audited('replay.resumed', { method: 'POST', url: `${replayAt}/resume`, body: {} });
    await audited('replay.cancelled', { method: 'POST', url: `${replayAt}/cancel` });

    const first = await world.call({ method: 'DELETE', url: `${at}?open=skip&reason=done` });
    const confirm = encodeURIComponent(first.body.confirm);
    await audited('destination.deleted', {
      method: 'DELETE',
      url: `${at}?open=skip&reason=done&confirm=${confirm}`,
    });
    await audited('api_key.created', {
      method: 'POST',
      url: '/v1/api-keys',
      body: {
        name: 'k',
        scopes: ['audit:read'],
        workspace_id: 'ws-tour',
        expires_at: '2199-01-01T00:00:00Z',
      },
    });
    const keys = await world.call({ url: '/v1/api-keys' });
    const key = keys.body.items.find((item) => item.name === 'k');
    await audited('api_key.revoked', { method: 'DELETE', url: `/v1/api-keys/${key?.api_key_id}` });
    for (const url of ['/healthz', '/readyz', '/metrics', '/v1/session/ways'])
      assert.equal((await world.call({ url })).status, 200);
    await audited('checkpoint_key.rotated', { method: 'POST', url: '/v1/siem/checkpoint-keys' });
    const checkpointKeys = await world.call({ url: '/v1/siem/checkpoint-keys' });
    assert.match(String(checkpointKeys.body.items[0]?.public_key_pem), /^-----BEGIN PUBLIC KEY-----/);
    const own = { origin: 'http://localhost', 'x-aegis-csrf': '1' };
    const signedIn = await world.call({
      method: 'POST',
      url: '/v1/session',
      key: null,
      body: { api_key: world.admin },
      headers: own,
    });
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
    const carried = { key: null, headers: { ...own, cookie } };
    for (const url of ['/v1/session', '/v1/session/all', '/v1/sessions'])
      await world.call({ url, ...carried });
    await audited('session.revoked', { method: 'DELETE', url: '/v1/sessions?actor=nobody' });
    await audited('session.ended', { method: 'DELETE', url: '/v1/session', ...carried });
    await audited('session.ended', { method: 'DELETE', url: '/v1/session/all' });
    const silent = world.openApi
      .operations()
      .filter((operation) => !ELSEWHERE.has(operation) && !world.openApi.succeeded.has(operation));
    assert.deepEqual(silent, []);
  });

  test('the document and its page are open, and the page allows no foreign script', async () => {
    const document = await world.call({ url: '/openapi.json', key: null });
    assert.equal(document.status, 200);
    assert.equal(document.body.openapi, '3.1.0');
    const page = await world.call({ url: '/docs', key: null });
    assert.equal(page.status, 200);
    assert.match(String(page.headers['content-security-policy']), /script-src 'self'/);
  });

  test('what is not there is not there, whatever the spelling', async () => {
    for (const url of [
      '/v1/nothing',
      '//v1/audit',
      '/v1/audit/',
      '/v1/%61udit',
      '/v1/audit;a=b',
      '/V1/AUDIT',
      '/docs/../v1/audit',
    ]) {
      const reply = await world.call({ url, key: null });
      assert.ok(reply.status === 404 || reply.status === 401, `${url}: ${reply.status}`);
    }
  });
});
