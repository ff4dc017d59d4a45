import type { JsonObject, JsonValue } from '../json.ts';
import {
  attestationUids,
  eventFingerprint,
  FINGERPRINT_AUTHORITY,
  fingerprintObject,
  type FingerprintPlace,
  ownAttestation,
} from '../proof/event-fingerprint.ts';
import type { OcsfEvent } from './ocsf-event.ts';
import { OCSF_VERSIONS, VERSION_TRAITS } from './ocsf-versions.ts';

const PROFILE = 'record_integrity';

/**
 * The event with the profile record_integrity: an attestation with the fingerprint of the whole event, last in its list. An
 * event of a version that has no such profile is returned as it is. `place` is absent where the event has none yet.
 *
 * It names no `prev_event`: what stands at the number before may become a tombstone after this event was hashed, and its
 * name would then be wrong for ever. The order is in `uid`, and proved by checkpoints (decision 0030).
 */
export function withFingerprint(event: OcsfEvent, place?: FingerprintPlace): OcsfEvent {
  const metadata = (event['metadata'] ?? {}) as JsonObject;
  if (!hasRecordIntegrity(metadata['version'])) return event;
  const { attestation_list: given = [], ...rest } = event;
  const { profiles = [] } = metadata;
  const names = profiles as readonly string[];
  return fingerprinted({
    ...rest,
    metadata: names.includes(PROFILE) ? metadata : { ...metadata, profiles: [...names, PROFILE] },
    attestation_list: [
      ...(given as readonly JsonValue[]),
      {
        ...(place === undefined ? {} : attestationUids(place)),
        authority_uid: FINGERPRINT_AUTHORITY,
        fingerprint: fingerprintObject(''),
      },
    ],
  });
}

/** The event with its fingerprint made anew, after it was changed; the same event where it has none. */
export function fingerprinted(event: OcsfEvent): OcsfEvent {
  const index = ownAttestation(event);
  if (index === -1) return event;
  const value = eventFingerprint(event as JsonObject, index);
  const list = event['attestation_list'] as readonly JsonObject[];
  return {
    ...event,
    attestation_list: list.map((attestation, at) =>
      at === index ? { ...attestation, fingerprint: fingerprintObject(value) } : attestation,
    ),
  };
}

export function hasRecordIntegrity(version: unknown): boolean {
  return OCSF_VERSIONS.some((held) => held === version && VERSION_TRAITS[held].recordIntegrity);
}
