import { timeSchema } from './delivery-schema.ts';

/** Why one record was refused or failed. */
const itemErrorSchema = {
  type: 'object',
  required: ['code', 'pointer', 'message'],
  properties: {
    code: { type: 'string' },
    pointer: { type: 'string', description: 'JSON pointer into this record' },
    message: { type: 'string' },
  },
  additionalProperties: false,
} as const;

function resultsSchema(idField: string): object {
  return {
    type: 'object',
    required: ['results'],
    properties: {
      results: {
        type: 'array',
        description: 'One result a record, in the order of the body',
        items: {
          type: 'object',
          required: [idField, 'status'],
          properties: {
            [idField]: {
              type: ['string', 'null'],
              description: 'null when the record does not say one that can be read',
            },
            status: {
              type: 'string',
              enum: ['recorded', 'duplicate', 'rejected', 'failed'],
              description: '`failed`: the store could not take it; send it again.',
            },
            error: itemErrorSchema,
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  };
}

export const attestationResultsSchema = { $id: 'AttestationResults', ...resultsSchema('attestation_id') };
export const eventResultsSchema = { $id: 'EventResults', ...resultsSchema('uid') };

export const attestationStorySchema = {
  $id: 'AttestationStory',
  type: 'object',
  required: [
    'attestation_id',
    'workspace_id',
    'record_no',
    'recorded_at',
    'record',
    'renderings',
    'deliveries',
  ],
  properties: {
    attestation_id: { type: 'string' },
    workspace_id: { type: 'string' },
    record_no: { type: 'integer' },
    recorded_at: timeSchema,
    record: {
      type: ['object', 'null'],
      description: 'The record as received, byte for byte; null for a key without `payloads:read`',
    },
    renderings: {
      type: ['array', 'null'],
      description:
        'The OCSF event as each destination gets it, without its number; null without `payloads:read`',
      items: {
        type: 'object',
        required: ['destination_id', 'destination_name', 'ocsf', 'event', 'error'],
        properties: {
          destination_id: { type: 'string' },
          destination_name: { type: 'string' },
          ocsf: { $ref: 'Ocsf#' },
          event: { type: ['object', 'null'] },
          error: { anyOf: [itemErrorSchema, { type: 'null' }] },
        },
        additionalProperties: false,
      },
    },
    deliveries: {
      type: ['array', 'null'],
      items: { $ref: 'Delivery#' },
      description: 'null when the outbox cannot be read; `unavailable` then says why',
    },
    unavailable: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' } },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const;
