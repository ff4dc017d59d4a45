import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApiWorld } from './api-world.ts';

test('a request is one line, and says each thing once', async () => {
  const world = await openApiWorld();
  await world.call({ url: '/v1/siem/destinations' });
  const lines = world
    .logs()
    .trim()
    .split('\n')
    .filter((line) => line.includes('"msg":"request"'));
  assert.equal(lines.length, 1);
  // A parser of JSON would keep the last of two: the text itself is looked at.
  const keys = [...(lines[0] ?? '').matchAll(/"(?<key>[a-z_]+)":/g)].map((match) => match.groups?.['key']);
  assert.deepEqual(keys, [...new Set(keys)]);
  assert.ok(keys.includes('request_id'));
  await world.close();
});

test('who was refused, at which route and from where, is in the log: without a key, with a wrong one, without the scope, at sign-in', async () => {
  const world = await openApiWorld();
  const key = await world.key(['audit:read']);
  await world.call({ url: '/v1/audit', key: null });
  await world.call({ url: '/v1/audit', key: 'aegis_wrong' });
  await world.call({ url: '/v1/api-keys', key });
  await world.call({
    method: 'POST',
    url: '/v1/session',
    key: null,
    body: { api_key: 'aegis_wrong' },
    headers: { origin: 'http://localhost', 'x-aegis-csrf': '1' },
  });
  const lines = world
    .logs()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const refused = lines.filter(({ msg, status }) => msg === 'request' && (status === 401 || status === 403));
  assert.deepEqual(refused.map(({ status, route }) => [status, route]).slice(0, 3), [
    [401, '/v1/audit'],
    [401, '/v1/audit'],
    [403, '/v1/api-keys'],
  ]);
  for (const line of refused) assert.equal(typeof line['remote_address'], 'string');
  assert.match(String(refused[2]?.['actor']), /^api_key:/);
  const signIns = lines.filter(({ msg }) => msg === 'a sign-in failed');
  assert.equal(signIns.length, 1);
  assert.equal(typeof signIns[0]?.['remote_address'], 'string');
  assert.ok(!world.logs().includes('aegis_wrong'));
  await world.close();
});
