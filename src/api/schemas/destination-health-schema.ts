import { VERDICT_WORDS } from '../destination-verdict.ts';
import { timeOrNullSchema, timeSchema, uuidSchema } from './delivery-schema.ts';

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
