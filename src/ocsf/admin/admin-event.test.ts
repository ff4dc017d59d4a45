import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OCSF_SETTINGS } from '../../../test/support/ocsf-settings.ts';
import type { JsonObject } from '../../json.ts';
import type { OcsfEvent, OcsfSettings } from '../ocsf-event.ts';
import { createRedactor } from '../redaction/redactor.ts';
import { renderRecord } from '../render-record.ts';
import { stamp } from '../stamp.ts';
import { validateEvent } from '../validate-event.ts';
import { toWireEvent } from '../wire-event.ts';
import { ADMIN_SEVERITIES, type AdminFacts, adminFactsText, readAdminFacts } from './admin-facts.ts';

const CODES = [
  'service.started',
  'service.stopped',
  'destination.created',
  'destination.changed',
  'destination.credentials_changed',
  'destination.paused',
  'destination.resumed',
  'destination.enabled',
  'destination.disabled',
  'destination.failing',
  'destination.held',
  'destination.recovered',
  'destination.deleted',
  'destination.tested',
  'dead_letters.made',
  'dead_letters.skipped',
  'replay.started',
  'replay.finished',
  'master_key.rotated',
  'attestation.conflict',
] as const;

const FACTS: AdminFacts = {
  uid: 'audit:0193476d-3f10-7a51-8c3e-5a8d0c1b2e10',
  code: 'destination.paused',
  timeMs: 1_795_165_080_000,
  workspaceId: 'ws-finance',
  message: 'destination.paused by key:ops: splunk-prod (d-12)',
  actor: 'key:ops',
  requestId: 'req-7',
  entity: {
    kind: 'destination',
    uid: 'd-12',
    name: 'splunk-prod',
    before: { state: 'active', contact: 'm.ortiz@example.com' },
    after: { state: 'paused' },
  },
  severity: 'low',
};

const PLACE = { streamId: 's', epoch: 'e', seq: 1, kind: 'event' } as const;

function rendered(facts: AdminFacts, settings: OcsfSettings): OcsfEvent {
  const result = renderRecord({ source: 'admin', body: adminFactsText(facts) }, settings);
  assert.ok(result.ok);
  const wire = toWireEvent(stamp(result.event, PLACE));
  const event = JSON.parse(wire.text) as OcsfEvent;
  assert.deepEqual(validateEvent(event), [], wire.text);
  return event;
}

describe('an administrative event', () => {
  it('is valid for every code, at every version', () => {
    for (const settings of OCSF_SETTINGS)
      for (const code of CODES)
        for (const failed of [{}, { failed: true as const }])
          rendered({ ...FACTS, ...failed, code }, settings);
  });

  it('is valid whatever people wrote', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
    const arbitraryFacts: fc.Arbitrary<AdminFacts> = fc.record({
      uid: text,
      code: fc.oneof(fc.constantFrom(...CODES), text),
      timeMs: fc.integer({ min: 631_152_000_000, max: 4_102_444_800_000 }),
      workspaceId: text,
      message: text,
      entity: fc.record({
        kind: text,
        uid: text,
        name: text,
        before: fc.jsonValue() as fc.Arbitrary<JsonObject>,
      }),
      severity: fc.constantFrom(...ADMIN_SEVERITIES),
    });
    fc.assert(
      fc.property(arbitraryFacts, fc.constantFrom(...OCSF_SETTINGS), (facts, settings) => {
        rendered(facts, settings);
      }),
      { numRuns: 500 },
    );
  });

  it('is what happened to a thing, at the version of its destination', () => {
    const event = rendered(FACTS, { classUid: 2001, version: '1.9.0' });
    assert.deepEqual(
      [event['class_uid'], event['activity_id'], event['activity_name'], event['type_name']],
      [3004, 12, 'Suspend', 'Entity Management: Suspend'],
    );
    assert.deepEqual(event['updated_entity'], {
      uid: 'd-12',
      name: 'splunk-prod',
      type_id: 99,
      type: 'SIEM Destination',
      data: { state: 'paused' },
    });
    const old = rendered(FACTS, { classUid: 2001, version: '1.1.0' });
    assert.deepEqual([old['activity_id'], old['activity_name']], [99, 'Suspend']);
    assert.equal(Object.hasOwn(old, 'entity_result'), true);
  });

  it('is the life of the application where the service starts and stops', () => {
    const facts = { ...FACTS, code: 'service.started', entity: { kind: 'service', uid: 'run-1' } };
    const event = rendered(facts, { classUid: 6003, version: '1.1.0' });
    assert.deepEqual([event['class_uid'], event['type_uid']], [6002, 600203]);
    assert.equal((event['app'] as JsonObject)['uid'], 'run-1');
  });

  it('is redacted by the patterns of its destination, and says so', () => {
    const redaction = [{ patterns: ['email'], action: 'mask' }] as const;
    const settings = { ...OCSF_SETTINGS[0], redaction, redactor: createRedactor(redaction) };
    const result = renderRecord(
      { source: 'admin', body: adminFactsText(FACTS) },
      { classUid: 2001, version: '1.9.0', ...settings },
    );
    assert.ok(result.ok);
    const text = JSON.stringify(result.event);
    assert.ok(!text.includes('m.ortiz@example.com'));
    assert.ok(text.includes('"redacted":[{"pattern":"email","action":"mask","count":1}]'));
    assert.deepEqual(validateEvent(JSON.parse(text)), []);
  });

  it('that is no facts of ours is refused, and not sent as something else', () => {
    for (const body of ['{}', 'x', '{"aegis_admin":2}', JSON.stringify({ ...FACTS })]) {
      const result = renderRecord({ source: 'admin', body }, { classUid: 2001, version: '1.1.0' });
      assert.equal(!result.ok && result.code, 'not_admin_facts');
    }
    assert.deepEqual(readAdminFacts(adminFactsText(FACTS)), FACTS);
  });
});
