import { OCSF_CLASS_UIDS } from '../../ocsf/ocsf-event.ts';
import { OCSF_VERSIONS } from '../../ocsf/ocsf-versions.ts';
import { type CredentialsSchema, DESTINATION_TYPES, type DestinationKinds } from '../destination-kind.ts';
import { VERDICT_WORDS } from '../destination-verdict.ts';
import { filterSchema } from './filter-schema.ts';
import { commonCredentials, redactionSchema } from './redaction-schema.ts';
import { lineOfText } from './plain-text-schema.ts';
import { timeOrNullSchema, timeSchema, uuidSchema } from './delivery-schema.ts';

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
      max_in_flight: { type: 'integer', minimum: 1, maximum: 32, description: 'Requests at the same time' },
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

export const ocsfSchema = {
  $id: 'Ocsf',
  type: 'object',
  required: ['class_uid', 'version', 'validate', 'record_integrity'],
  properties: {
    class_uid: { type: 'integer' },
    version: { type: 'string' },
    validate: { type: 'boolean' },
    record_integrity: { type: 'boolean' },
  },
  additionalProperties: false,
} as const;

export const healthSchema = {
  $id: 'Health',
  type: 'object',
  required: ['state', 'reason', 'message', 'since', 'next_try'],
  properties: {
    state: { type: 'string', enum: ['healthy', 'throttled', 'failing', 'held'] },
    reason: { type: ['string', 'null'], description: 'A stable word' },
    message: { type: ['string', 'null'], description: 'What is wrong and who must change what' },
    since: timeSchema,
    next_try: timeOrNullSchema,
  },
  additionalProperties: false,
} as const;

const credentialsViewSchema = {
  type: 'object',
  description: 'Which are set; the values are never answered',
  additionalProperties: {
    type: 'object',
    required: ['set', 'fingerprint'],
    properties: { set: { const: true }, fingerprint: { type: 'string' } },
    additionalProperties: false,
  },
} as const;

export const destinationSchema = {
  $id: 'Destination',
  type: 'object',
  required: [
    'destination_id',
    'workspace_id',
    'name',
    'type',
    'state',
    'health',
    'config',
    'credentials',
    'version',
  ],
  properties: {
    destination_id: uuidSchema,
    workspace_id: { type: 'string' },
    name: { type: 'string' },
    type: { type: 'string', enum: DESTINATION_TYPES },
    state: { type: 'string', enum: ['active', 'paused', 'disabled', 'deleted'] },
    enabled: { type: 'boolean' },
    health: { $ref: 'Health#' },
    config: { type: 'object' },
    credentials: credentialsViewSchema,
    credentials_expire_at: timeOrNullSchema,
    next_credentials: {
      type: ['object', 'null'],
      description: 'Credentials that wait to take the place of the others once they have delivered',
      required: ['credentials', 'set_at', 'expire_at', 'refused_at', 'refused_code', 'refused_message'],
      properties: {
        credentials: credentialsViewSchema,
        set_at: timeSchema,
        expire_at: timeOrNullSchema,
        refused_at: timeOrNullSchema,
        refused_code: { type: ['string', 'null'] },
        refused_message: { type: ['string', 'null'], description: 'Delivery goes on with the old ones' },
      },
      additionalProperties: false,
    },
    certificates: {
      type: 'array',
      description:
        'Certificates among the settings, and when they end; of several in a field the first to end',
      items: {
        type: 'object',
        required: ['pointer', 'subject', 'expires_at'],
        properties: {
          pointer: { type: 'string' },
          subject: { type: 'string' },
          expires_at: timeSchema,
        },
        additionalProperties: false,
      },
    },
    ocsf: { $ref: 'Ocsf#' },
    filter: { type: 'object', description: 'As it was set; {} lets everything through' },
    redaction: { type: 'array', items: { type: 'object' }, description: 'As it was set; [] redacts nothing' },
    batch: destinationSettings.batch,
    limits: destinationSettings.limits,
    sources: destinationSettings.sources,
    active_since: timeSchema,
    version: { type: 'integer', description: 'Row version; the ETag, to be sent as `If-Match`' },
    created_at: timeSchema,
    updated_at: timeSchema,
    notice: { type: 'string' },
  },
  additionalProperties: false,
} as const;

export const destinationVerdictSchema = {
  type: 'object',
  description: 'Whether the SIEM has everything, and what to do when it has not',
  required: ['word', 'tone', 'text', 'next_step', 'runbook'],
  properties: {
    word: { type: 'string', enum: VERDICT_WORDS },
    tone: { type: 'string', enum: ['good', 'wait', 'bad', 'idle'] },
    text: { type: 'string' },
    next_step: { type: ['string', 'null'] },
    runbook: {
      type: ['string', 'null'],
      description: 'Page of docs/operations that leads through it; the console has it at /runbooks/NAME',
    },
  },
  additionalProperties: false,
} as const;

export const destinationHealthSchema = {
  $id: 'DestinationHealth',
  type: 'object',
  required: [
    'destination_id',
    'state',
    'verdict',
    'health',
    'open_rows',
    'open_rows_at_least',
    'dead_letters',
    'limit_alarms',
  ],
  properties: {
    destination_id: uuidSchema,
    state: { type: 'string' },
    verdict: destinationVerdictSchema,
    health: { $ref: 'Health#' },
    open_rows: { type: 'integer', description: 'Deliveries that wait or are on their way' },
    open_rows_at_least: { type: 'boolean', description: 'Counting stopped there: there may be more' },
    oldest_open_at: timeOrNullSchema,
    oldest_open_age_seconds: { type: ['number', 'null'] },
    open_batches: { type: 'integer' },
    dead_letters: { type: 'integer' },
    limit_alarms: {
      type: 'array',
      description: 'Limits on what waits that are near or passed, the highest first',
      items: {
        type: 'object',
        required: ['limit', 'percent', 'message'],
        properties: {
          limit: { type: 'string', enum: ['max_age_seconds', 'max_rows', 'max_bytes'] },
          percent: { type: 'integer', enum: [50, 70, 90, 100] },
          message: { type: 'string' },
        },
        additionalProperties: false,
      },
    },
    last_delivered_at: timeOrNullSchema,
    paused_until: timeOrNullSchema,
    failure_streak: { type: 'integer' },
    stream: {
      type: 'object',
      required: ['id', 'epoch', 'next_seq'],
      properties: { id: { type: 'string' }, epoch: { type: 'string' }, next_seq: { type: 'integer' } },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const;

export const testVerdictSchema = {
  $id: 'TestVerdict',
  type: 'object',
  required: ['ok', 'verdict', 'message', 'advice', 'http_status', 'code', 'duration_ms'],
  properties: {
    ok: { type: 'boolean', description: 'The SIEM took the test event' },
    verdict: {
      type: 'string',
      description: 'A stable word: delivered, accepted, throttled, or what is wrong',
    },
    message: { type: 'string' },
    advice: { type: ['string', 'null'], description: 'Who must change what' },
    http_status: { type: ['integer', 'null'] },
    code: { type: ['string', 'null'] },
    duration_ms: { type: 'number' },
    event_uid: { type: 'string', description: '`metadata.uid` of the test event, to search for in the SIEM' },
  },
  additionalProperties: false,
} as const;
