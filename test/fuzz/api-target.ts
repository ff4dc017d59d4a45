import assert from 'node:assert/strict';
import type { ApiWorld } from '../api/api-world.ts';
import { attestationText } from '../support/valid-attestation.ts';
import type { FuzzTarget } from './fuzz-target.ts';

const SETTINGS = JSON.stringify({
  name: 'fuzzed',
  workspace_id: 'ws-test',
  type: 'splunk_hec',
  config: { url: 'https://splunk.example.com:8088', gzip: true, tls: {} },
  credentials: { token: 'a'.repeat(36) },
  filter: { verdicts: ['deny'], tools: ['a.*'] },
  redaction: [{ fields: ['agent_id'], action: 'mask' }],
  batch: { max_events: 10 },
});
const ROUTES = [
  ['POST', '/v1/siem/destinations', SETTINGS],
  ['POST', '/v1/attestations', attestationText()],
  [
    'POST',
    '/v1/events',
    '{"workspace_id":"ws-test","event":{"class_uid":6003,"metadata":{"uid":"x","version":"1.1.0"}}}',
  ],
  [
    'POST',
    '/v1/siem/replays',
    '{"destination_id":"0193476d-3f10-7a51-8c3e-5a8d0c1b2e03","from":"2026-01-01T00:00:00Z"}',
  ],
  ['POST', '/v1/siem/dead-letters/retry', '{"ids":["0193476d-3f10-7a51-8c3e-5a8d0c1b2e03"],"dry_run":true}'],
  ['POST', '/v1/api-keys', '{"name":"x","scopes":["destinations:read"],"expires_at":"2027-01-01T00:00:00Z"}'],
] as const;

/** Bodies at the routes of the API: no answer is a fault of ours, and each is what the API's own description says. */
export function apiTarget(world: () => ApiWorld): FuzzTarget {
  let turn = 0;
  return {
    name: 'API bodies',
    seeds: ROUTES.map(([, , body]) => body),
    read: async (bytes) => {
      const [method, url] = ROUTES[turn % ROUTES.length] ?? ROUTES[0];
      turn += 1;
      const reply = await world().call({ method, url, body: bytes });
      assert.ok(reply.status < 500, `${url}: ${reply.text}`);
      assert.doesNotMatch(reply.text, /\.ts:\d+|node_modules/);
    },
  };
}
