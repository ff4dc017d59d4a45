import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import type { RunningService } from '../../src/service.ts';
import { callService } from './call-service.ts';
import { Installation, record, WORKSPACE } from './installation.ts';

/** Makes a Splunk destination at `target`; answers status, text and id. */
async function addAt(service: RunningService, key: string, target: string) {
  const made = await callService(service.url, key, 'POST', '/v1/siem/destinations', {
    name: `splunk at ${target}`,
    workspace_id: WORKSPACE,
    type: 'splunk_hec',
    config: { url: target },
    credentials: { token: '8a3c9c9e-1b1f-4f6f-9c40-0d6f3a1f7e21' },
  });
  return { status: made.status, text: made.text, id: made.body.destination_id };
}

test('a destination at the port of the service itself is refused, even where all of loopback is allowed', async () => {
  const installation = new Installation();
  const service = await installation.start({ AEGIS_SIEM_EGRESS_ALLOW: 'http+127.0.0.0/8,http+::1/128' });
  const key = installation.key();
  const { port } = new URL(service.url);
  try {
    const refused = await addAt(service, key, `http://127.0.0.1:${port}`);
    assert.equal(refused.status, 422, refused.text);
    assert.match(refused.text, /own_service|itself or its database listens there/);
    // A name is judged only when it is dialled: by the delivery, in its thread.
    const named = await addAt(service, key, `http://localhost:${port}`);
    assert.equal(named.status, 201, named.text);
    await record(service.url, key, 1, 1);
    const path = `/v1/siem/destinations/${named.id}/health`;
    const deadline = performance.now() + 20_000;
    let health = await callService(service.url, key, 'GET', path);
    while (!health.text.includes('"held"')) {
      assert.ok(performance.now() < deadline, health.text);
      await pause(25);
      health = await callService(service.url, key, 'GET', path);
    }
    assert.match(health.text, /"reason":"address_blocked"/);
    assert.match(health.text, /own_service/);
  } finally {
    await service.stop();
    installation.remove();
  }
});
