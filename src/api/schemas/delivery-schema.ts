export const timeSchema = { type: 'string', format: 'date-time' } as const;
export const timeOrNullSchema = { type: ['string', 'null'], format: 'date-time' } as const;
export const uuidSchema = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
} as const;
const textOrNull = { type: ['string', 'null'] } as const;

/** What a SIEM said, shortened and without secrets. */
export const answerSchema = {
  $id: 'Answer',
  type: 'object',
  required: ['status', 'code', 'message', 'duration_ms'],
  properties: {
    status: { type: ['integer', 'null'], description: 'HTTP status; null when there was no reply' },
    code: { ...textOrNull, description: "The SIEM's own code, or that of the failed connection" },
    message: { ...textOrNull, description: 'null without the scope payloads:read: it may quote the event' },
    duration_ms: { type: 'number' },
  },
  additionalProperties: false,
} as const;

const answerOrNull = { anyOf: [{ $ref: 'Answer#' }, { type: 'null' }] } as const;

/** One record on its way to one destination. */
export const deliverySchema = {
  $id: 'Delivery',
  type: 'object',
  required: ['destination_id', 'destination_name', 'attestation_id', 'event_uid', 'status', 'attempts'],
  properties: {
    destination_id: uuidSchema,
    destination_name: { type: 'string' },
    workspace_id: { type: 'string' },
    attestation_id: textOrNull,
    event_uid: { ...textOrNull, description: '`metadata.uid` of an event that is not an attestation' },
    status: { type: 'string', enum: ['pending', 'in_flight', 'delivered', 'dead', 'skipped'] },
    attempts: { type: 'integer', description: 'Sends so far' },
    last_answer: answerOrNull,
    seq: { type: ['integer', 'null'], description: "The number in the destination's stream" },
    recorded_at: timeSchema,
    finished_at: timeOrNullSchema,
    destination_version: { type: ['integer', 'null'] },
  },
  additionalProperties: false,
} as const;

export const deadLetterSchema = {
  $id: 'DeadLetter',
  type: 'object',
  required: ['dead_letter_id', 'destination_id', 'attestation_id', 'event_uid', 'status', 'code', 'message'],
  properties: {
    dead_letter_id: { type: 'string' },
    destination_id: uuidSchema,
    workspace_id: { type: 'string' },
    attestation_id: textOrNull,
    event_uid: textOrNull,
    status: { type: 'string', enum: ['dead', 'skipped'] },
    code: {
      type: 'string',
      description: 'Why: the refusal of the parser, `refused_by_destination`, `too_big`',
    },
    message: {
      ...textOrNull,
      description:
        "The SIEM's words, or ours where it was not asked; the former are null without payloads:read",
    },
    answer: answerOrNull,
    attempts: { type: 'integer' },
    dead_at: timeSchema,
    skipped_by: textOrNull,
    skip_reason: textOrNull,
  },
  additionalProperties: false,
} as const;

/** A failed send. */
export const attemptSchema = {
  $id: 'Attempt',
  type: 'object',
  required: ['at', 'outcome', 'answer', 'events', 'bytes', 'first_seq'],
  properties: {
    at: timeSchema,
    outcome: { type: 'string' },
    answer: { $ref: 'Answer#' },
    events: { type: 'integer' },
    bytes: { type: 'integer', description: 'Size of the request, in bytes' },
    first_seq: { type: 'integer' },
  },
  additionalProperties: false,
} as const;
