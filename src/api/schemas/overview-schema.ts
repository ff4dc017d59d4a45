import { timeOrNullSchema, timeSchema, uuidSchema } from './delivery-schema.ts';
import { destinationHealthSchema, destinationVerdictSchema } from './destination-health-schema.ts';

const count = { type: 'integer', minimum: 0 } as const;
const boundedCount = {
  type: 'object',
  required: ['count', 'at_least'],
  properties: {
    count,
    at_least: { type: 'boolean', description: 'Counting stopped there: there may be more' },
  },
  additionalProperties: false,
} as const;

/** One destination as an operator needs it at a glance. */
export const overviewDestinationSchema = {
  $id: 'OverviewDestination',
  type: 'object',
  required: [
    'destination_id',
    'workspace_id',
    'name',
    'type',
    'state',
    'health',
    'verdict',
    'delivered',
    'waiting',
    'dead_letters',
    'rates',
    'last_delivered_at',
    'complete_until',
    'checkpoint',
    'limit_alarms',
    'stream',
  ],
  properties: {
    destination_id: uuidSchema,
    workspace_id: { type: 'string' },
    name: { type: 'string' },
    type: { type: 'string' },
    state: { type: 'string', enum: ['active', 'paused', 'disabled', 'deleted'] },
    health: { $ref: 'Health#' },
    verdict: destinationVerdictSchema,
    delivered: {
      type: 'object',
      required: ['last_hour', 'last_day', 'numbers_given'],
      properties: {
        last_hour: count,
        last_day: count,
        numbers_given: { ...count, description: 'Numbers of this epoch that were given to events so far' },
      },
      additionalProperties: false,
    },
    waiting: {
      type: 'object',
      required: ['count', 'at_least', 'oldest_at', 'oldest_age_seconds', 'open_batches'],
      properties: {
        ...boundedCount.properties,
        oldest_at: timeOrNullSchema,
        oldest_age_seconds: { type: ['number', 'null'] },
        open_batches: count,
      },
      additionalProperties: false,
    },
    dead_letters: boundedCount,
    rates: {
      type: 'object',
      description: 'Of the last minutes; null where nothing was delivered',
      required: ['window_seconds', 'delivered_per_second', 'delay_mean_seconds', 'delay_max_seconds'],
      properties: {
        window_seconds: count,
        delivered_per_second: { type: 'number' },
        delay_mean_seconds: { type: ['number', 'null'] },
        delay_max_seconds: { type: ['number', 'null'] },
      },
      additionalProperties: false,
    },
    last_delivered_at: timeOrNullSchema,
    complete_until: {
      ...timeSchema,
      description: 'Everything recorded before this time is finished: delivered, left out or dead',
    },
    checkpoint: {
      type: ['object', 'null'],
      description: 'The last signed checkpoint that the SIEM took',
      required: ['epoch', 'seq', 'covers_to_seq', 'made_at', 'next_due', 'overdue'],
      properties: {
        epoch: { type: 'string' },
        seq: count,
        covers_to_seq: count,
        made_at: timeSchema,
        next_due: { ...timeOrNullSchema, description: 'null: the lane was stopped, none is promised' },
        overdue: { type: 'boolean' },
      },
      additionalProperties: false,
    },
    limit_alarms: destinationHealthSchema.properties.limit_alarms,
    stream: destinationHealthSchema.properties.stream,
  },
  additionalProperties: false,
} as const;

export const overviewSchema = {
  $id: 'Overview',
  type: 'object',
  required: ['at', 'summary', 'destinations', 'more'],
  properties: {
    at: timeSchema,
    summary: {
      type: 'object',
      description: 'One line for all of them; disabled destinations are not counted',
      required: ['answer', 'text', 'complete_until', 'destinations', 'with_problem', 'waiting'],
      properties: {
        answer: { type: 'string', enum: ['complete', 'waiting', 'problem', 'nothing'] },
        text: { type: 'string' },
        complete_until: timeOrNullSchema,
        destinations: count,
        with_problem: count,
        waiting: count,
      },
      additionalProperties: false,
    },
    destinations: { type: 'array', items: { $ref: 'OverviewDestination#' } },
    more: { type: 'boolean', description: 'There are more destinations than an overview shows' },
  },
  additionalProperties: false,
} as const;

export const historySchema = {
  $id: 'History',
  type: 'object',
  required: ['destination_id', 'from', 'to', 'bucket_seconds', 'buckets'],
  properties: {
    destination_id: uuidSchema,
    from: timeSchema,
    to: timeSchema,
    bucket_seconds: { type: 'integer' },
    buckets: {
      type: 'array',
      description: 'Oldest first, without gaps; the last one is not over yet',
      items: {
        type: 'object',
        required: [
          'start',
          'delivered',
          'replayed',
          'tombstones',
          'left_out',
          'batches',
          'failed_sends',
          'delay_mean_seconds',
          'delay_max_seconds',
        ],
        properties: {
          start: timeSchema,
          delivered: { ...count, description: 'Events that the SIEM took' },
          replayed: { ...count, description: "Of these, sent again on a person's word" },
          tombstones: count,
          left_out: { ...count, description: 'Left out by the filter' },
          batches: count,
          failed_sends: { ...count, description: 'Of those that are still kept' },
          delay_mean_seconds: {
            type: ['number', 'null'],
            description: 'From recording to delivery, by the first and last record of each batch; no replays',
          },
          delay_max_seconds: { type: ['number', 'null'] },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
} as const;
