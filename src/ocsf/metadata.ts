import type { Attestation } from '../attestation/attestation.ts';
import type { JsonObject } from '../json.ts';
import { given } from './attributes.ts';
import type { OcsfSettings } from './ocsf-event.ts';
import { VERSION_TRAITS } from './ocsf-versions.ts';

/**
 * Names the mapping: any change to the bytes of an event made from the same record and settings needs another value. It
 * travels as `metadata.log_version`, and a batch formed under another value is dissolved.
 */
export const RENDERER_VERSION = '2';

export const PRODUCT: JsonObject = Object.freeze({
  name: 'Aegis',
  vendor_name: 'Aegis',
  feature: { name: 'Policy Decision Point' },
});

export function metadataOf(
  attestation: Attestation,
  settings: OcsfSettings,
  profiles?: readonly string[],
): object {
  const { resolution, verdict } = attestation;
  return {
    uid: attestation.attestation_id,
    version: settings.version,
    profiles,
    product: PRODUCT,
    event_code:
      resolution === undefined ? `attestation.${verdict}` : `attestation.resolution.${resolution.decision}`,
    tenant_uid: attestation.workspace_id,
    correlation_uid: given(attestation.session_id || attestation.trace_id),
    log_name: 'aegis_attestations',
    log_provider: 'aegis',
    log_version: RENDERER_VERSION,
    original_time: attestation.timestamp,
    original_event_uid: VERSION_TRAITS[settings.version].originalEventUid
      ? attestation.attestation_id
      : undefined,
    sequence: undefined,
  };
}
