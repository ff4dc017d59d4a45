import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { authenticateKey } from '../../../src/api/authenticate.ts';
import { parseApiKey } from '../../../src/api/api-key-text.ts';
import type { ApiKey } from '../../../src/store/admin-store.ts';
import { type ApiWorld, openApiWorld } from '../api-world.ts';

describe('API keys', () => {
  let world: ApiWorld;
  let nowMs = Date.now();
  before(async () => {
    world = await openApiWorld({ clock: { nowMs: () => nowMs } });
  });
  after(() => world.close());

  const make = async (more: object = {}): Promise<{ readonly id: string; readonly key: string }> => {
    const { body } = await world.call({
      method: 'POST',
      url: '/v1/api-keys',
      body: { name: 'k', scopes: ['destinations:read'], ...more },
    });
    return { id: body.api_key_id, key: body.key };
  };
  const ask = async (key: string): Promise<number> =>
    (await world.call({ url: '/v1/siem/destinations', key })).status;

  test('have 256 random bits, an id and a checksum, and no two are alike', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => make()));
    assert.equal(new Set(keys.map(({ key }) => key.slice(39, 82))).size, 20);
    for (const { id, key } of keys) {
      assert.match(key, /^aegis_[0-9a-f]{32}_[A-Za-z0-9_-]{43}[0-9a-f]{8}$/);
      assert.equal(parseApiKey(key)?.apiKeyId, id);
    }
  });

  test('are shown once: neither lists, logs, audit nor the store have the secret', async () => {
    const { id, key } = await make();
    const secret = key.slice(39, 82);
    const stored = await world.store.admin.readApiKey(id);
    const seen = [
      (await world.call({ url: '/v1/api-keys?limit=500' })).text,
      (await world.call({ url: '/v1/audit?limit=500' })).text,
      JSON.stringify(stored),
      world.logs(),
    ];
    for (const text of seen) assert.ok(!text.includes(secret));
    assert.equal(stored?.secretSha256, createHash('sha256').update(secret).digest('hex'));
    assert.ok(seen.slice(0, 2).every((text) => !text.includes(stored.secretSha256)));
  });

  test('cannot be made from what a copy of the store has', async () => {
    const { id } = await make();
    const hash = (await world.store.admin.readApiKey(id))?.secretSha256 ?? '';
    const plain = id.replaceAll('-', '');
    for (const secret of [hash.slice(0, 43), Buffer.from(hash, 'hex').toString('base64url')]) {
      const body = `aegis_${plain}_${secret}`;
      const key = body + createHash('sha256').update(body).digest('hex').slice(0, 8);
      assert.notEqual(parseApiKey(key), undefined, 'well formed');
      assert.equal(await ask(key), 401);
    }
  });

  test('that were mistyped or cut are refused before the store is asked', async () => {
    const { key } = await make();
    let asked = 0;
    const reader = {
      readApiKey: async (id: string): Promise<ApiKey | undefined> => {
        asked += 1;
        return world.store.admin.readApiKey(id);
      },
    };
    const flipped = Array.from({ length: key.length }, (_, index) => {
      const other = key[index] === 'a' ? 'b' : 'a';
      return `${key.slice(0, index)}${other}${key.slice(index + 1)}`;
    });
    for (const text of [
      ...flipped,
      key.slice(1),
      key.slice(0, -1),
      `${key}0`,
      '',
      'aegis_',
      key.toUpperCase(),
    ]) {
      await assert.rejects(authenticateKey(text, reader, nowMs), { code: 'unauthenticated' });
    }
    assert.equal(asked, 0);
    await authenticateKey(key, reader, nowMs);
    assert.equal(asked, 1);
  });

  test('of an unknown id, a wrong secret, an ended or a revoked one get the same answer', async () => {
    const revoked = await make();
    await world.call({ method: 'DELETE', url: `/v1/api-keys/${revoked.id}` });
    const ending = await make({ expires_at: new Date(nowMs + 1_000).toISOString() });
    assert.equal(await ask(ending.key), 200);
    nowMs += 1_000;
    const withChecksum = (body: string): string =>
      body + createHash('sha256').update(body).digest('hex').slice(0, 8);
    const { key } = await make();
    const unknown = withChecksum(`aegis_${'0'.repeat(32)}_${key.slice(39, 82)}`);
    const wrong = withChecksum(`${key.slice(0, 39)}${'A'.repeat(43)}`);
    const answers = await Promise.all(
      [revoked.key, ending.key, unknown, wrong].map(async (text) => {
        const { status, body } = await world.call({ url: '/v1/siem/destinations', key: text });
        return JSON.stringify({ ...body, status, request_id: '' });
      }),
    );
    assert.equal(new Set(answers).size, 1, answers.join('\n'));
  });

  test('tell when they were last used, to the minute', async () => {
    const { id, key } = await make();
    assert.equal((await world.store.admin.readApiKey(id))?.lastUsedAtMs, undefined);
    await ask(key);
    const first = (await world.store.admin.readApiKey(id))?.lastUsedAtMs;
    assert.equal(first, Math.floor(nowMs));
    nowMs += 59_000;
    await ask(key);
    assert.equal((await world.store.admin.readApiKey(id))?.lastUsedAtMs, first);
    nowMs += 1_000;
    await ask(key);
    assert.equal((await world.store.admin.readApiKey(id))?.lastUsedAtMs, Math.floor(nowMs));
  });

  test('made by an administrator of a workspace are of that workspace, whatever they ask for', async () => {
    const bound = await world.key(['admin'], 'ws-a');
    const own = await world.call({
      method: 'POST',
      url: '/v1/api-keys',
      key: bound,
      body: { name: 'k', scopes: ['admin'] },
    });
    assert.equal((await world.store.admin.readApiKey(own.body.api_key_id))?.workspaceId, 'ws-a');
    for (const body of [
      { name: 'k', scopes: ['admin'], workspace_id: 'ws-b' },
      { name: 'k', scopes: ['admin'], workspace_id: null },
      { name: 'k', scopes: ['admin'], workspace_id: '' },
      { name: 'k', scopes: ['root'] },
      { name: 'k', scopes: [] },
      { name: 'k', scopes: ['admin'], api_key_id: 'mine' },
      { name: 'k', scopes: ['admin'], secret_sha256: '00' },
    ]) {
      const reply = await world.call({ method: 'POST', url: '/v1/api-keys', key: bound, body });
      assert.ok(reply.status === 403 || reply.status === 422, JSON.stringify(body));
    }
  });
});
