import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JsonObject, JsonValue } from '../../src/json.ts';
import { validateEvent } from '../../src/ocsf/validate-event.ts';
import type { RunningService } from '../../src/service.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { callService } from './call-service.ts';
import { Installation } from './installation.ts';

const SYSTEM = 'aegis-system';
const SECRET = '5f0c8a1e-77aa-4c1d-9be2-0d9a7c6b5e4f';

describe('what happens to the service, in the SIEM', () => {
  const installation = new Installation();
  let splunk: FakeSplunk;
  let service: RunningService;
  before(async () => {
    splunk = await startFakeSplunk({});
    service = await installation.start();
  });
  after(async () => {
    await service.stop();
    await splunk.close();
    installation.remove();
  });

  const call = (method: string, path: string, body?: object) =>
    callService(service.url, installation.key(), method, path, body);

  const codes = (): JsonValue[] =>
    splunk.events().map(({ event }) => (event['metadata'] as JsonObject)['event_code'] ?? null);

  async function addWatcher(name: string, version: string): Promise<string> {
    const made = await call('POST', '/v1/siem/destinations', {
      name,
      workspace_id: SYSTEM,
      type: 'splunk_hec',
      config: { url: splunk.url },
      credentials: { token: splunk.token },
      ocsf: { class_uid: 2001, version },
      sources: ['admin'],
    });
    assert.equal(made.status, 201, made.text);
    return (made.body as unknown as { destination_id: string }).destination_id;
  }

  it('each action of people arrives once, valid, at the version of the destination, without a secret', async () => {
    const id = await addWatcher('watcher', '1.4.0');
    await splunk.waitFor(1);
    const at = `/v1/siem/destinations/${id}`;
    assert.equal((await call('POST', `${at}/pause`)).status, 200);
    assert.equal((await call('PATCH', at, { filter: { verdicts: ['deny'] } })).status, 200);
    assert.equal((await call('PATCH', at, { credentials: { token: splunk.token } })).status, 200);
    assert.equal((await call('POST', `${at}/resume`)).status, 200);
    await splunk.waitFor(5);
    assert.deepEqual(codes(), [
      'destination.created',
      'destination.paused',
      'destination.changed',
      // The same token again is no change; its event says so by naming none.
      'destination.changed',
      'destination.resumed',
    ]);
    for (const { event, eventText } of splunk.events()) {
      assert.deepEqual(validateEvent(event), []);
      assert.ok(!eventText.includes(splunk.token));
      assert.equal(event['class_uid'], 3004);
      assert.equal((event['metadata'] as JsonObject)['version'], '1.4.0');
    }
    const refused = await call('PATCH', at, { config: { url: 'https://splunk.example.com' } });
    assert.equal(refused.status, 422);
    const moved = await call('PATCH', at, { credentials: { token: SECRET } });
    assert.equal(moved.status, 200);
    assert.equal((await call('PATCH', at, { credentials: { token: splunk.token } })).status, 200);
    await splunk.waitFor(7);
    const later = codes().slice(5);
    assert.ok(
      later.filter((code) => code === 'destination.credentials_changed').length >= 1,
      JSON.stringify(later),
    );
    assert.ok(!splunk.events().some(({ eventText }) => eventText.includes(SECRET)));
  });

  it('a stop and a start of the service arrive, once each', async () => {
    const before = splunk.events().length;
    await service.stop();
    service = await installation.start();
    await splunk.waitFor(before + 2);
    const told = splunk.events().filter(({ event }) => event['class_uid'] === 6002);
    const words = told.map(({ event }) => event['activity_name']);
    assert.deepEqual(words, ['Stop', 'Start']);
    for (const { event } of told) assert.deepEqual(validateEvent(event), []);
  });
});
