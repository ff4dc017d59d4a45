import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ANSWER_HEADERS } from '../../src/api/answer-headers.ts';
import { type ApiCall, type ApiWorld, openApiWorld } from './api-world.ts';

/** Answers of every kind: found, refused, not there, made, empty, by the framework itself. */
const CALLS: readonly (readonly [status: number, call: ApiCall])[] = [
  [200, { url: '/v1/siem/destinations' }],
  [200, { url: '/v1/audit' }],
  [200, { url: '/metrics' }],
  [200, { url: '/healthz', key: null }],
  [200, { url: '/openapi.json', key: null }],
  [200, { url: '/v1/session' }],
  [401, { url: '/v1/audit', key: null }],
  [401, { url: '/v1/audit', key: 'aegis_wrong' }],
  [404, { url: '/v1/nothing' }],
  [404, { url: '/v1/attestations/0193476d-3f10-7a51-8c3e-5a8d0c1b2e03' }],
  [400, { url: '/v1/audit?limit=0' }],
  [400, { url: '/v1/attestations/%zz' }],
  [400, { method: 'POST', url: '/v1/attestations', body: '{' }],
  [422, { method: 'POST', url: '/v1/siem/destinations', body: {} }],
  [200, { method: 'DELETE', url: '/v1/session/all' }],
];

let world: ApiWorld;
before(async () => {
  world = await openApiWorld();
});
after(() => world.close());

for (const [status, call] of CALLS) {
  test(`an answer with ${status} to ${call.method ?? 'GET'} ${call.url} is kept by nobody, and runs nothing`, async () => {
    const reply = await world.call(call);
    assert.equal(reply.status, status, reply.text);
    for (const [name, value] of Object.entries(ANSWER_HEADERS))
      assert.equal(reply.headers[name], value, name);
    assert.match(String(reply.headers['content-type']), /^(?:application\/(?:problem\+)?json|text\/plain)/);
  });
}

test('the page that explains the API keeps its own policy, and is in no frame either', async () => {
  const page = await world.call({ url: '/docs', key: null });
  assert.equal(page.headers['x-content-type-options'], 'nosniff');
  assert.match(String(page.headers['content-security-policy']), /script-src 'self'/);
});
