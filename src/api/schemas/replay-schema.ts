import { timeOrNullSchema, timeSchema, uuidSchema } from './delivery-schema.ts';
import { linesOfText } from './plain-text-schema.ts';

/** Attestations in one request. */
const MAX_ATTESTATION_IDS = 1_000;
const MAX_RATE_PER_SECOND = 10_000;

const time = { type: 'string', minLength: 1, maxLength: 40 } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const count = { type: 'integer', minimum: 0 } as const;

/** Body of POST: one of `from`, `attestation_ids` and `missing_since`. */
export const newReplaySchema = {
  $id: 'NewReplay',
  type: 'object',
  required: ['destination_id'],
  properties: {
    destination_id: { type: 'string', minLength: 1, maxLength: 200 },
    from: { ...time, description: 'Records recorded at this time or later (RFC 3339)' },
    to: { ...time, description: 'With `from`: and before this time; until now where it is absent' },
    attestation_ids: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_ATTESTATION_IDS,
      uniqueItems: true,
      items: { type: 'string', minLength: 1, maxLength: 200 },
    },
    missing_since: {
      ...time,
      description: 'Records since then of which the destination has neither row, dead letter nor receipt',
    },
    rate_per_second: {
      type: 'integer',
      minimum: 1,
      maximum: MAX_RATE_PER_SECOND,
      description:
        'At most so many; absent: one batch after the other, as fast as the destination takes them',
    },
    dry_run: { type: 'boolean', description: 'Say what it would do and begin nothing' },
    reason: linesOfText(1_000),
  },
  additionalProperties: false,
} as const;

export const replaySchema = {
  $id: 'Replay',
  type: 'object',
  required: [
    'replay_id',
    'destination_id',
    'workspace_id',
    'origin',
    'selection',
    'status',
    'note',
    'progress',
  ],
  properties: {
    replay_id: uuidSchema,
    destination_id: uuidSchema,
    workspace_id: { type: 'string' },
    origin: { type: 'string', enum: ['request', 'backfill'] },
    selection: {
      type: 'object',
      required: ['kind'],
      properties: {
        kind: { type: 'string', enum: ['range', 'attestations', 'missing'] },
        from: timeSchema,
        to: timeOrNullSchema,
        attestations: { ...count, description: 'How many were named' },
        since: timeSchema,
      },
      additionalProperties: false,
    },
    rate_per_second: { type: ['integer', 'null'] },
    requested_by: { type: 'string' },
    reason: textOrNull,
    status: { type: 'string', enum: ['running', 'paused', 'finished', 'cancelled', 'failed'] },
    note: { ...textOrNull, description: 'Why it waits or how it ended' },
    progress: {
      type: 'object',
      required: [
        'planned',
        'planned_at_least',
        'found',
        'enqueued',
        'left_out',
        'delivered',
        'filtered',
        'dead',
        'remaining',
      ],
      properties: {
        planned: { ...count, description: 'Records that were to be sent when it was asked for' },
        planned_at_least: { type: 'boolean', description: 'Counting stopped there: there are more' },
        found: { ...count, description: 'Records of the selection met so far' },
        enqueued: count,
        left_out: { ...count, description: 'Open already, or a dead letter' },
        delivered: count,
        filtered: { ...count, description: "Left out by the destination's filter" },
        dead: count,
        remaining: count,
      },
      additionalProperties: false,
    },
    cursor: { ...timeOrNullSchema, description: 'Recording time of the last record that was looked at' },
    created_at: timeSchema,
    started_at: timeOrNullSchema,
    finished_at: timeOrNullSchema,
    estimated_finish_at: { ...timeOrNullSchema, description: 'By the pace so far' },
  },
  additionalProperties: false,
} as const;

export const replayEffectSchema = {
  $id: 'ReplayEffect',
  type: 'object',
  required: ['records', 'records_at_least', 'expected_duplicates', 'left_out', 'unknown_attestation_ids'],
  properties: {
    records: { ...count, description: 'Records that are sent' },
    records_at_least: { type: 'boolean', description: 'Counting stopped there: there may be more' },
    oldest_recorded_at: timeOrNullSchema,
    newest_recorded_at: timeOrNullSchema,
    expected_duplicates: {
      ...count,
      description: 'Of those: delivered before. They will stand in the SIEM twice, under one `metadata.uid`',
    },
    left_out: {
      type: 'object',
      required: ['open', 'dead_letters'],
      properties: {
        open: { ...count, description: 'On their way already' },
        dead_letters: { ...count, description: 'Retry those by themselves' },
      },
      additionalProperties: false,
    },
    unknown_attestation_ids: { type: 'array', items: { type: 'string' } },
    oldest_receipt_at: {
      ...timeOrNullSchema,
      description:
        'The oldest receipt that is kept: what was delivered before it looks as if it were missing',
    },
    rate_per_second: { type: ['integer', 'null'] },
    at_least_seconds: { type: ['integer', 'null'], description: 'At that rate' },
  },
  additionalProperties: false,
} as const;

/** Answer of POST, whether it began or not. */
export const replayAnswerSchema = {
  $id: 'ReplayAnswer',
  type: 'object',
  required: ['dry_run', 'effect', 'replay'],
  properties: {
    dry_run: { type: 'boolean' },
    effect: { $ref: 'ReplayEffect#' },
    replay: { anyOf: [{ $ref: 'Replay#' }, { type: 'null' }], description: 'null for a dry run' },
  },
  additionalProperties: false,
} as const;
