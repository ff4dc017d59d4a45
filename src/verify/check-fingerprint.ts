import type { JsonObject } from '../json.ts';
import { attestationUids, eventFingerprint, ownAttestation } from '../proof/event-fingerprint.ts';
import { type EventPlace, fieldsAt, parsed } from './read-place.ts';

/** Whether an event is what the fingerprint in it says. `none`: it has none, or one of another form. */
export type FingerprintCheck = 'none' | 'fits' | 'differs';

const LIST = Buffer.from('"attestation_list"');
const CLOSE_BRACKET = 0x5d;
const CLOSE_BRACE = 0x7d;

/**
 * Holds an event against its own fingerprint (OCSF 1.9.0, profile record_integrity), which is over the JSON and not over its
 * bytes. It is not signed: it finds what was changed without care, to the number; what was sent is proved by checkpoints.
 */
export function checkFingerprint(event: Buffer, place: EventPlace): FingerprintCheck {
  // As it was sent it ends the event; looked for in the whole of it only where something wrote it anew.
  const mayHave = place.rewritten || (event.at(-1) === CLOSE_BRACE && event.at(-2) === CLOSE_BRACKET);
  if (!mayHave || !event.includes(LIST)) return 'none';
  const body = parsed(event);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'none';
  const fields = body as JsonObject;
  const index = ownAttestation(fields);
  if (index === -1) return 'none';
  const attestation = (fields['attestation_list'] as readonly JsonObject[])[index];
  const fingerprint = fieldsAt(attestation, 'fingerprint');
  if (fingerprint['algorithm_id'] !== 3 || fingerprint['serialization_id'] !== 2) return 'none';
  const { uid, chain_uid: chainUid } = attestationUids({ ...place, streamId: place.stream });
  const names = attestation?.['uid'] === uid && attestation?.['chain_uid'] === chainUid;
  return names && fingerprint['value'] === fingerprintOf(fields, index) ? 'fits' : 'differs';
}

function fingerprintOf(event: JsonObject, index: number): string | undefined {
  try {
    return eventFingerprint(event, index);
  } catch (error) {
    // Somebody put something in that has no canonical text: it is not what was sent.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
