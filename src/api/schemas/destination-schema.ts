import { DESTINATION_TYPES } from '../destination-kind.ts';
import { timeOrNullSchema, timeSchema, uuidSchema } from './delivery-schema.ts';
import { destinationSettings } from './destination-body-schema.ts';

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
