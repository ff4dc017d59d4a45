import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { arbitraryAttestation } from '../../test/support/arbitrary-attestation.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { adminEvent } from './admin/admin-event.ts';
import { checkpointEvent } from './checkpoint-event.ts';
import { cutToFit } from './cut-to-fit.ts';
import { renderExternalEvent } from './external-event.ts';
import { OCSF_CLASS_UIDS, type OcsfEvent, type OcsfSettings, type StreamPlace } from './ocsf-event.ts';
import { placeEvent } from './place-event.ts';
import { renderRecord } from './render-record.ts';
import { schemaOf } from './schema.ts';
import { testEvent } from './test-event.ts';
import { tombstoneEvent } from './tombstone-event.ts';
import { validateEvent } from './validate-event.ts';

const SETTINGS: OcsfSettings = { classUid: 2001, version: '1.9.0', recordIntegrity: true };
const PLACE: StreamPlace = { streamId: 's-1', epoch: 'e-1', seq: 7, kind: 'event' };
const FORM = {
  algorithm_id: 3,
  algorithm: 'SHA-256',
  encoding_id: 1,
  encoding: 'Hex',
  serialization_id: 2,
  serialization: 'JCS',
};

/** The canonical text once more, in another way: whoever checks has a program of their own. */
function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => [name, canonical(member)] as const);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

/** Valid, with the profile, and with the fingerprint that the schema asks for in the last attestation. */
function assertFingerprinted(text: string, place: StreamPlace): JsonObject {
  const event = JSON.parse(text) as JsonObject;
  assert.deepEqual(validateEvent(event), []);
  const { profiles } = event['metadata'] as { profiles: readonly string[] };
  assert.equal(profiles.filter((name) => name === 'record_integrity').length, 1);
  const list = event['attestation_list'] as readonly JsonObject[];
  const { fingerprint, ...names } = list.at(-1) ?? {};
  const chain = `${place.streamId}:${place.epoch}`;
  const uid = place.seq === undefined ? {} : { uid: `${chain}:${place.seq}` };
  assert.deepEqual(names, { ...uid, chain_uid: chain, authority_uid: 'aegis-siem' });
  const covered = { ...event, attestation_list: [...list.slice(0, -1), names] } as JsonObject;
  assert.deepEqual(fingerprint, { value: hash('sha256', canonical(covered)), ...FORM });
  return event;
}

describe('record integrity', () => {
  for (const classUid of OCSF_CLASS_UIDS) {
    it(`is a valid fingerprint of every event of class ${classUid}, whatever is in the record`, () => {
      const settings: OcsfSettings = { ...SETTINGS, classUid };
      fc.assert(
        fc.property(arbitraryAttestation(), fc.integer({ min: 1, max: 2_147_483_647 }), (record, seq) => {
          const rendered = renderRecord({ source: 'attestation', body: JSON.stringify(record) }, settings);
          assert.ok(rendered.ok);
          const place = { ...PLACE, seq };
          const first = placeEvent(rendered.event, place, settings);
          assertFingerprinted(first.text, place);
          assert.equal(placeEvent(rendered.event, place, settings).text, first.text);
        }),
        { numRuns: 60 },
      );
    });
  }

  it('is in every other event of the stream too', () => {
    const workspaceId = 'ws-1';
    const timeMs = 1_795_165_080_000;
    const draft = { timeMs, workspaceId };
    const facts = { reason: 'refused', metadataUid: 'a', originalSha256: 'ab'.repeat(32) };
    const test = { uid: 'u', destinationId: 'd', destinationName: 'splunk' };
    const admin = {
      uid: 'f-1',
      code: 'destination.paused',
      severity: 'low',
      message: 'paused',
      entity: { kind: 'destination', uid: 'd-1', name: 'splunk', before: { state: 'active' } },
    } as const;
    const tombstone = { ...PLACE, kind: 'tombstone' } as const;
    const checkpoint = { ...PLACE, kind: 'checkpoint' } as const;
    const body = { seq: 7, root: 'cd'.repeat(32), signature: 'c2ln' };
    const cases: readonly (readonly [OcsfEvent, StreamPlace])[] = [
      [tombstoneEvent({ ...draft, ...facts }, tombstone, SETTINGS), tombstone],
      [checkpointEvent({ ...draft, fromSeq: 1, toSeq: 6, body }, checkpoint, SETTINGS), checkpoint],
      [testEvent({ ...draft, ...test }, SETTINGS), { streamId: 's-1', epoch: 'e-1', kind: 'test' }],
      [adminEvent({ ...draft, ...admin }, SETTINGS), PLACE],
      [adminEvent({ ...draft, ...admin, code: 'service.started' }, SETTINGS), PLACE],
    ];
    for (const [event, place] of cases) assertFingerprinted(placeEvent(event, place, SETTINGS).text, place);
  });

  it('comes after what others attest of their event, and nobody attests in its name', () => {
    const theirs = { authority_uid: 'scheduler', fingerprint: { ...FORM, value: 'ab'.repeat(32) } };
    const event = externalEvent({ attestation_list: [theirs, { ...theirs, authority_uid: 'aegis-siem' }] });
    const sent = assertFingerprinted(placeEvent(event, PLACE, SETTINGS).text, PLACE);
    const list = sent['attestation_list'] as readonly JsonObject[];
    assert.deepEqual([list.length, list[0]], [2, theirs]);
    const { aegis } = sent['unmapped'] as { aegis: JsonObject };
    assert.deepEqual(aegis['original_attestations'], [{ ...theirs, authority_uid: 'aegis-siem' }]);
  });

  it('is not in an event of others at a version without it, nor where it is not asked for', () => {
    const older = externalEvent({}, '1.8.0');
    assert.doesNotMatch(placeEvent(older, PLACE, SETTINGS).text, /attestation_list|record_integrity/);
    const event = externalEvent({});
    const { text } = placeEvent(event, PLACE, { classUid: 2001, version: '1.9.0' } as OcsfSettings);
    assert.doesNotMatch(text, /attestation_list|record_integrity/);
  });

  it('is of the event as it was cut', () => {
    const record = {
      attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e06',
      workspace_id: 'ws',
      timestamp: '2026-11-20T09:15:32Z',
      verdict: 'deny',
      tool_name: 'files.read',
      agent_id: 'a',
      constraints: [{ id: 'c', outcome: 'fail', reason: 'long '.repeat(4_000) }],
    };
    const rendered = renderRecord({ source: 'attestation', body: JSON.stringify(record) }, SETTINGS);
    assert.ok(rendered.ok);
    const whole = placeEvent(rendered.event, PLACE, SETTINGS);
    const cut = cutToFit(whole, 9_000, ({ bytes }) => bytes);
    assert.ok(cut !== undefined && cut.bytes <= 9_000);
    assertFingerprinted(cut.text, PLACE);
  });
});

function externalEvent(more: object, version = '1.9.0'): OcsfEvent {
  const event = {
    class_uid: 0,
    category_uid: 0,
    activity_id: 99,
    activity_name: 'Backup',
    type_uid: 99,
    type_name: 'Base Event: Backup',
    severity_id: 1,
    time: 1_795_165_080_000,
    metadata: {
      version,
      uid: 'e-1',
      product: { name: 'X', vendor_name: 'Example' },
      ...('attestation_list' in more ? { profiles: ['record_integrity'] } : {}),
    },
    ...more,
  };
  const rendered = renderExternalEvent(JSON.stringify(event));
  assert.ok(rendered.ok, JSON.stringify(rendered));
  return rendered.event;
}

void test('the schema has no place in which the signature of a decision would be true: it travels in unmapped', () => {
  const schema = schemaOf('1.9.0');
  const signature = schema?.objects['digital_signature'];
  const attestation = schema?.objects['attestation'];
  assert.ok(signature !== undefined && attestation !== undefined);
  // What is signed is the event, and the bytes of the signature have no attribute.
  assert.deepEqual(
    Object.keys(signature.attributes).filter((name) => /value|bytes|signature|raw/.test(name)),
    [],
  );
  assert.ok(
    !Object.values(signature.attributes['algorithm_id']?.enum ?? {}).some((word) =>
      /ed25519|eddsa/i.test(JSON.stringify(word)),
    ),
  );
  assert.deepEqual(attestation.constraints, { at_least_one: ['fingerprint', 'signatures'] });
  assert.ok(!('value' in attestation.attributes));
});
