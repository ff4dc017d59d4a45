import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryAttestation } from '../../test/support/arbitrary-attestation.ts';
import { generateAttestations } from '../../test/support/generate-attestations.ts';
import { OCSF_SETTINGS } from '../../test/support/ocsf-settings.ts';
import { attestationText } from '../../test/support/valid-attestation.ts';
import { parseAttestation } from '../attestation/parse-attestation.ts';
import { DEFAULT_OCSF_SETTINGS, type RenderSettings } from './ocsf-event.ts';
import type { Redactor } from './redaction/redactor.ts';
import { renderKey, renderRecord } from './render-record.ts';
import { attestationToOcsf2001 } from './map-attestation.ts';
import { stamp } from './stamp.ts';
import { validateEvent } from './validate-event.ts';

const PLACE = { streamId: 's', epoch: 'e', seq: 4, kind: 'event' } as const;

function assertSameAsMapping(body: string): void {
  const parsed = parseAttestation(body);
  assert.ok(parsed.ok);
  const rendered = renderRecord({ source: 'attestation', body }, DEFAULT_OCSF_SETTINGS);
  assert.ok(rendered.ok);
  const event = attestationToOcsf2001(parsed.attestation, DEFAULT_OCSF_SETTINGS);
  assert.equal(JSON.stringify(rendered.event), JSON.stringify(event));
  assert.equal(JSON.stringify(stamp(rendered.event, PLACE)), JSON.stringify(stamp(event, PLACE)));
}

describe('renderRecord', () => {
  it('gives what the mapping gives, whether or not it takes the short way for plain records', () => {
    for (const body of generateAttestations({ seed: 77, count: 200 })) assertSameAsMapping(body);
    fc.assert(
      fc.property(arbitraryAttestation(), (record) => assertSameAsMapping(JSON.stringify(record))),
      { numRuns: 200 },
    );
  });

  it('says why a record that was written past the parser cannot be an event', () => {
    const refused = renderRecord(
      { source: 'attestation', body: '{"attestation_id":7}' },
      DEFAULT_OCSF_SETTINGS,
    );
    assert.deepEqual(!refused.ok && [refused.code, refused.pointer], ['wrong_type', '/attestation_id']);
    const broken = renderRecord({ source: 'event', body: '{' }, DEFAULT_OCSF_SETTINGS);
    assert.equal(!broken.ok && broken.code, 'not_json');
  });

  it('moves a number and a stream mark that others gave their event, and stays valid', () => {
    const body = JSON.stringify({
      class_uid: 6002,
      category_uid: 6,
      activity_id: 3,
      type_uid: 600203,
      severity_id: 1,
      time: 1_795_165_080_000,
      app: { name: 'worker', vendor_name: 'Example' },
      metadata: {
        version: '1.1.0',
        uid: 'e-1',
        sequence: 90,
        product: { name: 'X', vendor_name: 'Example' },
      },
      unmapped: { aegis: { stream: { id: 'mine' }, kept: true } },
    });
    const rendered = renderRecord({ source: 'event', body }, DEFAULT_OCSF_SETTINGS);
    assert.ok(rendered.ok);
    const event = stamp(rendered.event, PLACE);
    assert.equal((event['metadata'] as { sequence: number }).sequence, 4);
    assert.deepEqual(event['unmapped'], {
      aegis: {
        stream: { id: 's', epoch: 'e', seq: 4, kind: 'event' },
        original_sequence: 90,
        original_stream: { id: 'mine' },
        kept: true,
      },
    });
    assert.deepEqual(validateEvent(event), []);
  });

  it('holds events against their schema where that is asked for, and changes none of their bytes', () => {
    const body = attestationText();
    for (const settings of OCSF_SETTINGS) {
      const plain = renderRecord({ source: 'attestation', body }, settings);
      const checked = renderRecord({ source: 'attestation', body }, { ...settings, validate: true });
      assert.ok(plain.ok && checked.ok);
      assert.equal(JSON.stringify(checked.event), JSON.stringify(plain.event));
    }
  });

  it('sends no event that is not valid, with the words of the validator, where that is asked for', () => {
    const redactor: Redactor = {
      name: 'one that breaks the time',
      redact: (attestation) => ({ attestation: { ...attestation, time_ms: 7 }, redacted: [] }),
      redactTexts: (value) => ({ value, redacted: [] }),
    };
    const settings: RenderSettings = { ...DEFAULT_OCSF_SETTINGS, redaction: [], redactor };
    const record = { source: 'attestation', body: attestationText() } as const;
    assert.ok(renderRecord(record, settings).ok);
    const refused = renderRecord(record, { ...settings, validate: true });
    assert.deepEqual(!refused.ok && [refused.code, refused.pointer], ['ocsf_implausible_time', '/time']);
    assert.match(refused.ok ? '' : refused.message, /^The event is not valid OCSF: /);
  });

  it('names what decides the bytes', () => {
    assert.equal(renderKey(DEFAULT_OCSF_SETTINGS), 'r2/2001/1.1.0');
  });
});
