import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ApiWorld, openApiWorld } from './api-world.ts';

const HOUR_MS = 3_600_000;

describe('the audit trail over REST', () => {
  let world: ApiWorld;
  let nowMs = Date.now();
  before(async () => {
    world = await openApiWorld({ clock: { nowMs: () => nowMs } });
  });
  after(() => world.close());

  const actionsOf = async (query: string): Promise<readonly unknown[]> => {
    const reply = await world.call({ url: `/v1/audit?${query}` });
    assert.equal(reply.status, 200, reply.text);
    return reply.body.items.map(({ action }) => action);
  };

  test('is looked through by subject, actor, action and time', async () => {
    const beganMs = nowMs;
    const body = { name: 'night shift', workspace_id: 'ws-a', scopes: ['audit:read'] };
    const made = await world.call({ method: 'POST', url: '/v1/api-keys', body });
    const id = made.body.api_key_id;
    nowMs += HOUR_MS;
    await world.call({ method: 'DELETE', url: `/v1/api-keys/${id}` });
    assert.deepEqual(await actionsOf(`subject=${id}`), ['api_key.revoked', 'api_key.created']);
    assert.deepEqual(await actionsOf(`subject=${id}&action=api_key.created`), ['api_key.created']);
    assert.deepEqual(await actionsOf(`subject=${id}&actor=somebody`), []);
    const [{ actor } = { actor: '' }] = (await world.call({ url: `/v1/audit?subject=${id}` })).body.items;
    assert.deepEqual(
      await actionsOf(`subject=${id}&actor=${encodeURIComponent(actor)}&limit=1`),
      ['api_key.revoked'],
      'newest first',
    );
    const between = new Date(beganMs + HOUR_MS / 2).toISOString();
    assert.deepEqual(await actionsOf(`subject=${id}&from=${between}`), ['api_key.revoked']);
    assert.deepEqual(await actionsOf(`subject=${id}&to=${between}`), ['api_key.created']);
  });

  test('refuses a time that is none and an empty word, by name', async () => {
    for (const [query, named] of [
      ['from=yesterday', /from must be an RFC 3339 time/],
      ['to=1', /to must be an RFC 3339 time/],
      ['subject=', /subject/],
      ['cursor=WzFd', /cursor/i],
    ] as const) {
      const reply = await world.call({ url: `/v1/audit?${query}` });
      assert.equal(reply.status, 400, query);
      assert.match(reply.text, named);
    }
  });
});
