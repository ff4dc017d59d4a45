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
