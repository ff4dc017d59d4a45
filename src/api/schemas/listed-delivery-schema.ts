import { deliverySchema, timeOrNullSchema, timeSchema, uuidSchema } from './delivery-schema.ts';

const textOrNull = { type: ['string', 'null'] } as const;

/** A delivery with the words of its record by which a person knows it. */
export const listedDeliverySchema = {
  $id: 'ListedDelivery',
  type: 'object',
  required: [...deliverySchema.required, 'verdict', 'tool_name', 'agent_id'],
  properties: {
    ...deliverySchema.properties,
    verdict: { ...textOrNull, description: 'Of the record; null without `payloads:read`' },
    tool_name: textOrNull,
    agent_id: textOrNull,
  },
  additionalProperties: false,
} as const;

export const deliveryPageSchema = {
  $id: 'DeliveryPage',
  type: 'object',
  required: ['items', 'next_cursor', 'records_looked_at', 'looked_back_to'],
  properties: {
    items: { type: 'array', items: { $ref: 'ListedDelivery#' } },
    next_cursor: {
      ...textOrNull,
      description: 'null on the last page. A page may be short, even empty, and still have a next one.',
    },
    records_looked_at: { type: 'integer', description: 'A page looks at a bounded number of records' },
    looked_back_to: { ...timeOrNullSchema, description: 'Recording time of the last record looked at' },
  },
  additionalProperties: false,
} as const;

/** A place of a stream that holds a record, and the event that stands there. */
export const sentPlaceSchema = {
  $id: 'SentPlace',
  type: 'object',
  required: [
    'destination_id',
    'destination_name',
    'destination_version',
    'kind',
    'state',
    'stream',
    'replayed',
    'sha256',
    'tombstone',
    'receipt',
    'batch',
    'failed_sends',
    'proof',
    'event_text',
  ],
  properties: {
    destination_id: uuidSchema,
    destination_name: { type: 'string' },
    destination_version: { type: 'integer', description: 'Version of the settings that made the event' },
    kind: { type: 'string', enum: ['event', 'tombstone'] },
    state: { type: 'string', enum: ['formed', 'awaiting_ack', 'finished'] },
    stream: {
      type: 'object',
      required: ['id', 'epoch', 'seq'],
      properties: {
        id: { type: 'string' },
        epoch: { ...textOrNull, description: 'null when nothing tells the name of an old epoch any more' },
        seq: { type: 'integer' },
      },
      additionalProperties: false,
    },
    replayed: { type: 'boolean' },
    sha256: { type: 'string', description: "SHA-256 of the event's text as it was sent" },
    tombstone: {
      type: ['object', 'null'],
      required: ['reason', 'code', 'original_sha256', 'untaken'],
      properties: {
        reason: { type: 'string' },
        code: textOrNull,
        original_sha256: { type: 'string' },
        untaken: { type: 'boolean' },
      },
      additionalProperties: false,
    },
    receipt: {
      type: ['object', 'null'],
      required: ['delivered_at', 'answer', 'ack_id'],
      properties: {
        delivered_at: timeSchema,
        answer: { anyOf: [{ $ref: 'Answer#' }, { type: 'null' }] },
        ack_id: { type: ['integer', 'null'] },
      },
      additionalProperties: false,
    },
    batch: {
      type: 'object',
      required: ['first_seq', 'places', 'sends'],
      properties: {
        first_seq: { type: 'integer' },
        places: { type: 'integer' },
        sends: { type: 'integer' },
      },
      additionalProperties: false,
    },
    failed_sends: { type: 'array', items: { $ref: 'Attempt#' } },
    proof: {
      type: 'string',
      enum: ['same_bytes', 'other_bytes', 'not_renderable', 'epoch_unknown', 'hidden'],
      description:
        'Bytes are not kept: the event is made again, and `same_bytes` says that it has the hash of the one that was sent. `hidden` without `payloads:read`.',
    },
    event_text: { ...textOrNull, description: 'The event, byte for byte when `proof` is `same_bytes`' },
  },
  additionalProperties: false,
} as const;

export const decisionSignatureSchema = {
  $id: 'DecisionSignature',
  type: 'object',
  description: 'The signature of the decision, held against AEGIS_SIEM_DECISION_KEYS',
  required: ['verdict', 'version', 'algorithm', 'key_id', 'message'],
  properties: {
    verdict: {
      type: 'string',
      enum: ['proved', 'wrong_key', 'unknown_key', 'unsigned', 'unchecked', 'no_key_pinned'],
      description:
        '`proved`: by a pinned key, and nothing that is signed was changed. `wrong_key`: changed, or signed by another key. `no_key_pinned`: only what the record claims.',
    },
    version: textOrNull,
    algorithm: textOrNull,
    key_id: textOrNull,
    message: { ...textOrNull, description: 'Why it is not proved' },
  },
  additionalProperties: false,
} as const;

export const sentPlacesSchema = {
  $id: 'SentPlaces',
  type: 'object',
  required: ['attestation_id', 'record_text', 'decision_signature', 'items'],
  properties: {
    attestation_id: { type: 'string' },
    record_text: { ...textOrNull, description: 'The record as received; null without `payloads:read`' },
    decision_signature: {
      anyOf: [{ $ref: 'DecisionSignature#' }, { type: 'null' }],
      description: 'null without `payloads:read`',
    },
    items: { type: 'array', items: { $ref: 'SentPlace#' } },
  },
  additionalProperties: false,
} as const;
