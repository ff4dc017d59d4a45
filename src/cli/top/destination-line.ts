import type { JsonObject, JsonValue } from '../../json.ts';
import { asObject } from '../output.ts';

/** What one look at a destination tells. */
export interface DestinationLine {
  readonly name: string;
  readonly state: string;
  readonly health: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly waiting: number;
  /** More wait than were counted. */
  readonly waitingAtLeast: boolean;
  readonly oldestAgeSeconds: number | undefined;
  readonly deadLetters: number;
  readonly lastDeliveredAtMs: number | undefined;
  readonly nextTryAtMs: number | undefined;
  /** Numbers given in the stream so far: the difference of two looks is the rate. */
  readonly nextSeq: number;
  readonly streamEpoch: string;
}

/** Reads the answers of `GET /v1/siem/destinations/{id}` and its `/health`. */
export function destinationLine(destination: JsonObject, progress: JsonObject): DestinationLine {
  const health = asObject(progress['health']);
  const stream = asObject(progress['stream']);
  return {
    name: textOf(destination['name']) ?? '?',
    state: textOf(progress['state']) ?? '?',
    health: textOf(health['state']) ?? '?',
    reason: textOf(health['reason']),
    message: textOf(health['message']),
    waiting: numberOf(progress['open_rows']) ?? 0,
    waitingAtLeast: progress['open_rows_at_least'] === true,
    oldestAgeSeconds: numberOf(progress['oldest_open_age_seconds']),
    deadLetters: numberOf(progress['dead_letters']) ?? 0,
    lastDeliveredAtMs: timeOf(progress['last_delivered_at']),
    nextTryAtMs: timeOf(health['next_try']),
    nextSeq: numberOf(stream['next_seq']) ?? 1,
    streamEpoch: textOf(stream['epoch']) ?? '',
  };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function timeOf(value: JsonValue | undefined): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
