/** The schema versions that events are made in, oldest first. */
export const OCSF_VERSIONS = [
  '1.1.0',
  '1.2.0',
  '1.3.0',
  '1.4.0',
  '1.5.0',
  '1.6.0',
  '1.7.0',
  '1.8.0',
  '1.9.0',
] as const;

export type OcsfVersion = (typeof OCSF_VERSIONS)[number];

/**
 * What the mappings use of the schema, and the version that it came with (https://github.com/ocsf/ocsf-schema, CHANGELOG).
 * Everything else that they use is in all versions.
 */
const SINCE = {
  /** `actor`, `action_id`, `disposition_id` and their like in classes 2001 and 6003 (profiles host, security_control). */
  controlEverywhere: '1.4.0',
  /** `action_id` 3 Observed and 4 Modified; before, 99 with the word. */
  observedAndModified: '1.4.0',
  /** `is_alert`, `policy`, and in 6003 `confidence_id` and `risk_level_id`. */
  alertAndPolicy: '1.4.0',
  /** Profile trace: `trace.uid`. */
  trace: '1.4.0',
  findingProduct: '1.4.0',
  /** Observable type 31, the uid of a user. */
  userUidObservable: '1.4.0',
  /** Class 3004: activities from Move to Resume, and `entity.type_id`. */
  entityStates: '1.3.0',
  /** `resources[].role_id`: Target, Actor, Affected. */
  resourceRoles: '1.6.0',
  /** `user.type_id` 4 Service; before, 99 "AI Agent". */
  serviceUser: '1.6.0',
  /** `metadata.is_truncated`. */
  truncatedMark: '1.6.0',
  originalEventUid: '1.7.0',
  /** Profile ai_operation: `ai_model`, `message_context`. */
  aiOperation: '1.8.0',
  /** `ai_agent` and `delegation` in that profile, `ai_agent` in `evidences`. */
  aiAgent: '1.9.0',
  /** Profile record_integrity: `attestation_list`. */
  recordIntegrity: '1.9.0',
  /** Class 6002: `application` in place of `app`. */
  application: '1.9.0',
  /** Class 3004: `updated_entity` in place of `entity_result`. */
  updatedEntity: '1.9.0',
} as const satisfies Readonly<Record<string, OcsfVersion>>;

export type VersionTraits = Readonly<Record<keyof typeof SINCE, boolean>>;

/** Longest text that we send as a `string_t`: the schema's own limit up to 1.3.0, which spoke of UTF-16 units or less. */
export const MAX_STRING_CHARS = 65_535;

export const VERSION_TRAITS = Object.freeze(
  Object.fromEntries(OCSF_VERSIONS.map((version, index) => [version, traitsOf(index)])),
) as Readonly<Record<OcsfVersion, VersionTraits>>;

function traitsOf(versionIndex: number): VersionTraits {
  return Object.freeze(
    Object.fromEntries(
      Object.entries(SINCE).map(([trait, since]) => [trait, versionIndex >= OCSF_VERSIONS.indexOf(since)]),
    ),
  ) as VersionTraits;
}
