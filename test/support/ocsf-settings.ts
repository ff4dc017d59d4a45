import assert from 'node:assert/strict';
import type { Attestation } from '../../src/attestation/attestation.ts';
import { parseAttestation } from '../../src/attestation/parse-attestation.ts';
import { OCSF_CLASS_UIDS, type OcsfSettings } from '../../src/ocsf/ocsf-event.ts';
import { OCSF_VERSIONS } from '../../src/ocsf/ocsf-versions.ts';

/** Every class at every version. */
export const OCSF_SETTINGS: readonly OcsfSettings[] = OCSF_CLASS_UIDS.flatMap((classUid) =>
  OCSF_VERSIONS.map((version) => ({ classUid, version })),
);

/** A record that the parser accepts, parsed. */
export function accepted(record: object): Attestation {
  const parsed = parseAttestation(JSON.stringify(record));
  assert.ok(parsed.ok, parsed.ok ? '' : `${parsed.refusal.code} at ${parsed.refusal.pointer}`);
  return parsed.attestation;
}
