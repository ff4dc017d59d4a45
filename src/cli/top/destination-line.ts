import type { JsonObject, JsonValue } from '../../json.ts';
import { asObject } from '../output.ts';

/** What one look at a destination tells. */
export interface DestinationLine {
  readonly name: string;
  /** Word of the verdict, as the console and the API say it. */
  readonly word: string;
  readonly tone: string;
  /** The verdict as a sentence, and what a person should do; `undefined` where there is nothing to do. */
  readonly text: string;
  readonly nextStep: string | undefined;
  /** What the SIEM answered last. */
  readonly answer: string | undefined;
  readonly waiting: number;
  /** More wait than were counted. */
  readonly waitingAtLeast: boolean;
  readonly oldestAgeSeconds: number | undefined;
  readonly deadLetters: number;
  readonly lastDeliveredAtMs: number | undefined;
  readonly nextTryAtMs: number | undefined;
  /** Of the last minutes; the difference of two looks is livelier. */
  readonly eventsPerSecond: number;
  readonly numbersGiven: number;
  readonly epoch: string;
}

/** Reads a destination of `GET /v1/siem/overview`. */
export function destinationLine(item: JsonObject): DestinationLine {
  const verdict = asObject(item['verdict']);
  const health = asObject(item['health']);
  const waiting = asObject(item['waiting']);
  return {
    name: textOf(item['name']) ?? '?',
    word: textOf(verdict['word']) ?? '?',
    tone: textOf(verdict['tone']) ?? '?',
    text: textOf(verdict['text']) ?? '',
    nextStep: textOf(verdict['next_step']),
    answer: textOf(health['message']),
    waiting: numberOf(waiting['count']) ?? 0,
    waitingAtLeast: waiting['at_least'] === true,
    oldestAgeSeconds: numberOf(waiting['oldest_age_seconds']),
    deadLetters: numberOf(asObject(item['dead_letters'])['count']) ?? 0,
    lastDeliveredAtMs: timeOf(item['last_delivered_at']),
    nextTryAtMs: timeOf(health['next_try']),
    eventsPerSecond: numberOf(asObject(item['rates'])['delivered_per_second']) ?? 0,
    numbersGiven: numberOf(asObject(item['delivered'])['numbers_given']) ?? 0,
    epoch: textOf(asObject(item['stream'])['epoch']) ?? '',
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
