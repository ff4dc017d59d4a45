/** From a posted record to the SIEM: what a rule hides does not arrive, and the key of the hash goes nowhere. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { validateEvent } from '../../src/ocsf/validate-event.ts';
import type { RunningService } from '../../src/service.ts';
import { callService, type ServiceReply } from '../api/call-service.ts';
import { Installation } from '../api/installation.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { markedAttestation } from '../support/marked-attestation.ts';

const KEY = 'the key of the redaction in this test';

describe('a destination with redaction', () => {
  const installation = new Installation();
  let service: RunningService;
  let splunk: FakeSplunk;
  before(async () => {
    splunk = await startFakeSplunk();
    service = await installation.start();
  });
  after(async () => {
    await service.stop();
    await splunk.close();
    installation.remove();
  });

  const call = (method: string, path: string, body: object): Promise<ServiceReply> =>
    callService(service.url, installation.key(), method, path, body);

  it('gets events without what its rules hide, and all of it again once they are taken away', async () => {
    const made = await call('POST', '/v1/siem/destinations', {
      name: 'redacting',
      workspace_id: 'ws-test',
      type: 'splunk_hec',
      config: { url: splunk.url },
      credentials: { token: splunk.token, redaction_key: KEY },
      sources: ['attestations'],
      ocsf: { class_uid: 6003, version: '1.9.0', validate: true },
      redaction: [
        { fields: ['agent_id', 'impact.entities.id'], action: 'hash' },
        { fields: ['constraints.reason'], action: 'drop' },
        { patterns: ['email', 'iban', 'phone', 'jwt'], action: 'mask' },
      ],
    });
    assert.equal(made.status, 201, made.text);
    const { record, marks } = markedAttestation(false);
    assert.equal((await call('POST', '/v1/attestations', record)).status, 201);
    await splunk.waitFor(1);
    const [arrived] = splunk.events();
    assert.ok(arrived);
    assert.deepEqual(validateEvent(arrived.event), []);
    const hidden = [
      ...(['agent_id', 'impact.entities.id', 'constraints.reason'] as const).flatMap(
        (field) => marks.fields.get(field) ?? [],
      ),
      ...(['email', 'iban', 'phone', 'jwt'] as const).map((pattern) => marks.patterns[pattern]),
    ];
    for (const text of hidden) assert.ok(!JSON.stringify(arrived.envelope).includes(text), text);
    assert.match(arrived.eventText, /"redacted":\[/);
    assert.ok(arrived.eventText.includes(marks.patterns.ipv4), 'a pattern without a rule is hidden');

    const path = `/v1/siem/destinations/${made.body.destination_id}`;
    assert.equal((await call('PATCH', path, { redaction: null })).status, 200);
    const next = { ...record, attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e04' };
    assert.equal((await call('POST', '/v1/attestations', next)).status, 201);
    await splunk.waitFor(2);
    const plain = splunk.events()[1];
    for (const text of hidden) assert.ok(plain?.eventText.includes(text), text);

    const requests = JSON.stringify(splunk.requests());
    assert.ok(!requests.includes(KEY) && !installation.logs.includes(KEY));
  });
});
