import type { Attestation } from '../attestation/attestation.ts';
import { apiActivity } from './api-activity-6003.ts';
import { detectionFinding } from './detection-finding-2004.ts';
import { finishText } from './finish-text.ts';
import { DEFAULT_OCSF_SETTINGS, type OcsfClassUid, type OcsfEvent, type OcsfSettings } from './ocsf-event.ts';
import { MAX_STRING_CHARS } from './ocsf-versions.ts';
import { securityFinding } from './security-finding-2001.ts';

type Mapping = (attestation: Attestation, settings: OcsfSettings) => OcsfEvent;

const MAPPINGS: Readonly<Record<OcsfClassUid, Mapping>> = {
  2001: securityFinding,
  2004: detectionFinding,
  6003: apiActivity,
};

/**
 * An attestation as an OCSF event of the class and version that the settings name. The verdict decides the severity. A
 * resolution record belongs to the finding (or request) of the escalation that it resolves. Pure: the same record and
 * settings give the same object in the same key order. Filter, redaction and fingerprint of the settings are for the delivery
 * to a destination, and are not applied here.
 */
export function attestationToOcsf(
  attestation: Attestation,
  settings: OcsfSettings = DEFAULT_OCSF_SETTINGS,
): OcsfEvent {
  return finishText(mapAttestation(attestation, settings), MAX_STRING_CHARS);
}

/** `attestationToOcsf` for class 2001, as the specification names it. */
export function attestationToOcsf2001(
  attestation: Attestation,
  settings: Omit<OcsfSettings, 'classUid'> = DEFAULT_OCSF_SETTINGS,
): OcsfEvent {
  return attestationToOcsf(attestation, { ...settings, classUid: 2001 });
}

/**
 * The mapping without its last step (`finishText`), for records that are known to need none. What the record does not give
 * is there as `undefined`, which no text of the event shows: objects of one shape are made and written much faster.
 */
export function mapAttestation(attestation: Attestation, settings: OcsfSettings): OcsfEvent {
  return MAPPINGS[settings.classUid](attestation, settings);
}
