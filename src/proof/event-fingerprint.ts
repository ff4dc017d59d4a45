import { hash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../json.ts';
import { canonicalJson } from './canonical-json.ts';

/** Who vouches for an event in `attestation_list[].authority_uid`: this product, whatever the destination. */
export const FINGERPRINT_AUTHORITY = 'aegis-siem';

/** Place in a stream that an attestation of an event names; without a number for a test event. */
export interface FingerprintPlace {
  readonly streamId: string;
  readonly epoch: string;
  readonly seq?: number;
}

/** `uid` and `chain_uid` of the attestation of the event at this place: a number is one only within its epoch. */
export function attestationUids({ streamId, epoch, seq }: FingerprintPlace): {
  readonly uid?: string;
  readonly chain_uid: string;
} {
  const chainUid = `${streamId}:${epoch}`;
  return seq === undefined ? { chain_uid: chainUid } : { uid: `${chainUid}:${seq}`, chain_uid: chainUid };
}

/** SHA-256 in hex over the canonical text (RFC 8785), as the object `fingerprint` of OCSF 1.9.0. */
export function fingerprintObject(value: string): JsonObject {
  return {
    value,
    algorithm_id: 3,
    algorithm: 'SHA-256',
    encoding_id: 1,
    encoding: 'Hex',
    serialization_id: 2,
    serialization: 'JCS',
  };
}

/**
 * SHA-256 in hex over the canonical text of the whole event without `fingerprint` and `signatures` of the attestation at
 * `index`, as the profile record_integrity of OCSF 1.9.0 asks: everything else is covered, that attestation's names too.
 * Throws `TypeError` for an event that has no canonical text.
 */
export function eventFingerprint(event: JsonObject, index: number): string {
  const list = event['attestation_list'] as readonly JsonObject[];
  const covered = list.map((attestation, at) => (at === index ? withoutProof(attestation) : attestation));
  return hash('sha256', canonicalJson({ ...event, attestation_list: covered }));
}

/** Where in its `attestation_list` an event has the attestation of this product; -1 where it has none. */
export function ownAttestation(event: { readonly [name: string]: JsonValue | undefined }): number {
  const list = event['attestation_list'];
  if (!Array.isArray(list)) return -1;
  return (list as readonly JsonValue[]).findLastIndex(isOwnAttestation);
}

export function isOwnAttestation(attestation: JsonValue): boolean {
  return (
    typeof attestation === 'object' &&
    attestation !== null &&
    (attestation as JsonObject)['authority_uid'] === FINGERPRINT_AUTHORITY
  );
}

function withoutProof({
  fingerprint: _fingerprint,
  signatures: _signatures,
  ...rest
}: JsonObject): JsonObject {
  return rest;
}
