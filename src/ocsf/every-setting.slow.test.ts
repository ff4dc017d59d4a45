import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryAttestation } from '../../test/support/arbitrary-attestation.ts';
import { accepted, OCSF_SETTINGS } from '../../test/support/ocsf-settings.ts';
import { attestationToOcsf } from './map-attestation.ts';
import { validateEvent } from './validate-event.ts';

const RECORDS = 2_000;
const VERDICTS = ['allow', 'rewrite', 'deny', 'escalate'] as const;

describe('the matrix of class, version and verdict', () => {
  for (const settings of OCSF_SETTINGS) {
    it(`${settings.classUid} at ${settings.version}: ${RECORDS} records a verdict, no finding`, () => {
      for (const verdict of VERDICTS) {
        const records = fc.sample(arbitraryAttestation(), { numRuns: RECORDS / 4, seed: settings.classUid });
        for (const record of records) {
          if (record['resolution'] !== undefined && verdict !== 'escalate') continue;
          const event = attestationToOcsf(accepted({ ...record, verdict }), settings);
          assert.deepEqual(validateEvent(JSON.parse(JSON.stringify(event))), [], JSON.stringify(record));
        }
      }
    });
  }
});
