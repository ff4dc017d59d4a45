import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryAttestation } from '../../test/support/arbitrary-attestation.ts';
import { arbitraryRedaction } from '../../test/support/arbitrary-redaction.ts';
import { accepted, OCSF_SETTINGS } from '../../test/support/ocsf-settings.ts';
import { attestationToOcsf } from './map-attestation.ts';
import { createRedactor } from './redaction/redactor.ts';
import { hasRecordIntegrity, withFingerprint } from './record-integrity.ts';
import { renderRecord } from './render-record.ts';
import { stamp } from './stamp.ts';
import { validateEvent } from './validate-event.ts';
import { toWireEvent } from './wire-event.ts';

/** For each verdict; the whole matrix is run with AEGIS_SIEM_TEST_OCSF_RECORDS=2000. */
const RECORDS = Number(process.env['AEGIS_SIEM_TEST_OCSF_RECORDS'] ?? 200);
const SEED = 20_261_124;
const REDACTED_RECORDS = 200;
const VERDICTS = ['allow', 'rewrite', 'deny', 'escalate'] as const;

const PLACE = { streamId: 's-1', epoch: 'e-1', seq: 7, kind: 'event' } as const;

const samples = fc.sample(arbitraryAttestation(), { numRuns: RECORDS, seed: SEED });
const attestations = VERDICTS.flatMap((verdict) =>
  samples
    // The answer to an escalation has its verdict.
    .filter((record) => verdict === 'escalate' || (record['resolution'] ?? undefined) === undefined)
    .map((record) => accepted({ ...record, verdict })),
);

describe('the matrix of class, version and verdict', () => {
  for (const settings of OCSF_SETTINGS) {
    it(`${settings.classUid} at ${settings.version}: no finding in ${attestations.length} events`, () => {
      for (const attestation of attestations) {
        const event = attestationToOcsf(attestation, settings);
        assert.deepEqual(validateEvent(JSON.parse(JSON.stringify(event))), [], attestation.attestation_id);
      }
    });

    if (hasRecordIntegrity(settings.version))
      it(`${settings.classUid} at ${settings.version}, fingerprinted: no finding in as many events`, () => {
        for (const attestation of attestations) {
          const event = stamp(attestationToOcsf(attestation, settings), PLACE);
          const { text } = toWireEvent(withFingerprint(event, PLACE));
          assert.deepEqual(validateEvent(JSON.parse(text)), [], attestation.attestation_id);
        }
      });

    it(`${settings.classUid} at ${settings.version}: ${REDACTED_RECORDS} records under as many redactions, no finding`, () => {
      const redactedRecord = fc.tuple(arbitraryAttestation(), arbitraryRedaction());
      const samples = fc.sample(redactedRecord, { numRuns: REDACTED_RECORDS, seed: settings.classUid });
      for (const [record, redaction] of samples) {
        const redactor = createRedactor(redaction, 'a key of the test, long enough to be one');
        const body = JSON.stringify(record);
        const rendered = renderRecord({ source: 'attestation', body }, { ...settings, redaction, redactor });
        assert.ok(rendered.ok);
        const event: unknown = JSON.parse(JSON.stringify(rendered.event));
        assert.deepEqual(validateEvent(event), [], JSON.stringify([record, redaction]));
      }
    });
  }
});
