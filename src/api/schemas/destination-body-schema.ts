import { type CredentialsSchema, DESTINATION_TYPES, type DestinationKinds } from '../destination-kind.ts';
import { MAX_IN_FLIGHT } from '../../outbox/destination.ts';
import { OCSF_CLASS_UIDS } from '../../ocsf/ocsf-event.ts';
import { OCSF_VERSIONS } from '../../ocsf/ocsf-versions.ts';
import { filterSchema } from './filter-schema.ts';
import { lineOfText } from './plain-text-schema.ts';
import { commonCredentials, redactionSchema } from './redaction-schema.ts';

/** What POST and PATCH have in common. */
export const destinationSettings = {
  name: { ...lineOfText(200), description: 'Unique in the workspace' },
  config: { type: 'object' },
  credentials: { type: 'object', description: 'Write-only; kept sealed' },
  credentials_expire_at: {
    type: ['string', 'null'],
    maxLength: 40,
    description:
      'When the credentials end (RFC 3339): a warning comes before. New credentials without it have no known end',
  },
  ocsf: {
    type: 'object',
    properties: {
      class_uid: {
        type: 'integer',
        title: 'Class',
        description: '2001 Security Finding, 2004 Detection Finding, 6003 API Activity',
      },
      version: { type: 'string', maxLength: 20, description: `Of the schema: ${OCSF_VERSIONS.join(', ')}` },
      validate: {
        type: 'boolean',
        description:
          'Holds each event against its schema before it is sent; one that is not valid becomes a dead letter',
      },
      record_integrity: {
        type: 'boolean',
        title: 'Fingerprint',
        description:
          'From 1.9.0: each event carries the SHA-256 of its canonical text (profile record_integrity)',
      },
    },
    additionalProperties: false,
    description: `OCSF class (${OCSF_CLASS_UIDS.join(', ')}) and schema version (${OCSF_VERSIONS.join(', ')}); default 2001 at 1.1.0`,
  },
  filter: filterSchema,
  redaction: redactionSchema,
  batch: {
    type: 'object',
    properties: {
      max_events: { type: 'integer', minimum: 1, maximum: 10_000, description: 'Events of one request' },
      max_bytes: {
        type: 'integer',
        minimum: 10_000,
        maximum: 30_000_000,
        description: 'Bytes of one request, before compression',
      },
      max_in_flight: {
        type: 'integer',
        minimum: 1,
        maximum: MAX_IN_FLIGHT,
        description: 'Requests at the same time',
      },
    },
    additionalProperties: false,
    description: "Bounds of a request; the connector's own limits hold besides",
  },
  limits: {
    type: 'object',
    properties: {
      max_age_seconds: {
        type: 'integer',
        minimum: 60,
        maximum: 315_360_000,
        description: 'Since it was recorded',
      },
      max_rows: { type: 'integer', minimum: 1_000, maximum: 1_000_000_000, description: 'Events that wait' },
      max_bytes: {
        type: 'integer',
        minimum: 1_000_000,
        maximum: 10_000_000_000_000,
        description: 'Size of the records that wait',
      },
    },
    additionalProperties: false,
    description:
      'What may wait for it; no limit unless set: events are held, never dropped. What is beyond a limit is sent as a tombstone and becomes a dead letter (`limit_age`, `limit_rows`, `limit_bytes`), with alarms at 50, 70, 90 and 100 %. A PATCH replaces all of them; {} takes them away.',
  },
  sources: {
    type: 'array',
    minItems: 1,
    uniqueItems: true,
    items: { type: 'string', enum: ['attestations', 'admin', 'external'] },
    description:
      'Kinds of records it gets: decisions, what happens to this service and its destinations, events that others post; all by default',
  },
  enabled: { type: 'boolean', description: 'false: it gets no rows' },
} as const;

const immutable = {
  workspace_id: lineOfText(256),
  type: { type: 'string', enum: DESTINATION_TYPES },
} as const;

/** Body of POST: config and credentials follow from the type. */
export function newDestinationSchema(kinds: DestinationKinds): object {
  return {
    $id: 'NewDestination',
    type: 'object',
    required: ['name', 'workspace_id', 'type', 'config'],
    properties: {
      ...destinationSettings,
      ...immutable,
      backfill_from: {
        type: 'string',
        minLength: 1,
        maxLength: 40,
        description: 'Give it what was recorded since then (RFC 3339), by a replay that begins at once',
      },
    },
    additionalProperties: false,
    allOf: DESTINATION_TYPES.map((type) => ({
      if: { properties: { type: { const: type } }, required: ['type'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: {
        properties: {
          config: kinds[type].configSchema,
          credentials: withCommonCredentials(kinds[type].credentialsSchema),
        },
      },
    })),
  };
}

/** The credentials of a type, and those that every type may have. */
export function withCommonCredentials(schema: CredentialsSchema): CredentialsSchema {
  return { ...schema, properties: { ...schema.properties, ...commonCredentials } };
}

/** Body of PATCH. `config` is merged field by field, null removes one; so are `credentials`. */
export const destinationPatchSchema = {
  $id: 'DestinationPatch',
  type: 'object',
  minProperties: 1,
  properties: {
    ...destinationSettings,
    ...immutable,
    next_credentials: {
      type: ['object', 'null'],
      description:
        'Write-only. New credentials beside the old ones, which stay in use until these have delivered; null takes them back',
    },
    next_credentials_expire_at: { type: ['string', 'null'], maxLength: 40, description: 'When those end' },
  },
  additionalProperties: false,
  description: '`config` and `credentials` are merged field by field; null removes a field.',
} as const;
