import { destinationSettings } from './destination-body-schema.ts';
import { uuidSchema } from './delivery-schema.ts';
import { commonCredentials } from './redaction-schema.ts';

/** Body of a preview: which attestation, and settings that are not stored. */
export const previewRequestSchema = {
  $id: 'PreviewRequest',
  type: 'object',
  properties: {
    attestation: {
      type: ['object', 'string'],
      description: 'The attestation itself, or its exact text',
    },
    attestation_id: { ...uuidSchema, description: 'One that is recorded' },
    settings: {
      type: 'object',
      properties: {
        config: destinationSettings.config,
        ocsf: destinationSettings.ocsf,
        filter: destinationSettings.filter,
        redaction: destinationSettings.redaction,
        credentials: { type: 'object', properties: commonCredentials, additionalProperties: false },
      },
      additionalProperties: false,
      description: 'In place of what is stored, merged as by PATCH; stored nowhere',
    },
  },
  additionalProperties: false,
  description: 'Has either `attestation` or `attestation_id`',
} as const;

export const previewSchema = {
  $id: 'Preview',
  type: 'object',
  required: [
    'destination_id',
    'attestation_id',
    'outcome',
    'stream',
    'request',
    'event_bytes',
    'error',
    'notes',
  ],
  properties: {
    destination_id: uuidSchema,
    attestation_id: uuidSchema,
    outcome: {
      type: 'string',
      enum: ['sent', 'left_out', 'refused', 'held'],
      description:
        '`left_out`: the filter leaves it out. `refused`: it becomes a dead letter, and the request is that of the tombstone in its place. `held`: nothing would be sent, `error` says why',
    },
    stream: {
      type: 'object',
      required: ['id', 'epoch', 'seq'],
      properties: { id: { type: 'string' }, epoch: { type: 'string' }, seq: { type: 'integer' } },
      additionalProperties: false,
      description: 'The place that is shown: the next one',
    },
    request: {
      anyOf: [
        {
          type: 'object',
          required: ['method', 'url', 'headers', 'body', 'body_bytes'],
          properties: {
            method: { type: 'string' },
            url: { type: 'string' },
            headers: {
              type: 'object',
              additionalProperties: { type: 'string' },
              description: 'Secrets and what is new for each request are words in brackets',
            },
            body: { type: 'string', description: 'Exactly, before compression' },
            body_bytes: { type: 'integer' },
          },
          additionalProperties: false,
        },
        { type: 'null' },
      ],
    },
    event_bytes: {
      type: ['integer', 'null'],
      description: 'Of the event as the connector encodes it',
    },
    error: {
      anyOf: [
        {
          type: 'object',
          required: ['code', 'message'],
          properties: { code: { type: 'string' }, message: { type: 'string' } },
          additionalProperties: false,
        },
        { type: 'null' },
      ],
    },
    notes: { type: 'array', items: { type: 'string' } },
  },
  additionalProperties: false,
} as const;
