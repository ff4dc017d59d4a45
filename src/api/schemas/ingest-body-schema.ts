import { attestationSchema } from '../../attestation/attestation-schema.ts';

/** Body of a route that records, for the description only: the bytes are read by the parser, not by a schema validator. */
function ingestBodySchema(record: object): object {
  return {
    content: {
      'application/json': { schema: { anyOf: [record, { type: 'array', items: record, minItems: 1 }] } },
      'application/x-ndjson': {
        schema: { type: 'string', description: 'One record a line; blank lines are passed over' },
      },
    },
  };
}

export const attestationBodySchema = ingestBodySchema({ $ref: `${attestationSchema.$id}#` });

export const eventRecordSchema = {
  $id: 'EventRecord',
  type: 'object',
  required: ['workspace_id', 'event'],
  properties: {
    workspace_id: { type: 'string', minLength: 1, maxLength: 512 },
    event: {
      type: 'object',
      required: ['class_uid', 'metadata'],
      description: 'A valid OCSF event of a class and version that the project holds',
      properties: {
        class_uid: { type: 'integer' },
        metadata: {
          type: 'object',
          required: ['uid', 'version'],
          properties: { uid: { type: 'string' }, version: { type: 'string' } },
        },
      },
    },
  },
  additionalProperties: false,
} as const;

export const eventBodySchema = ingestBodySchema({ $ref: 'EventRecord#' });

/** Lets every body pass: these routes give the bytes to the parser. */
export const letPass = (): (() => boolean) => () => true;
