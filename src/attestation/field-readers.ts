import type { JsonObject, JsonValue } from '../json.ts';
import { END_TIME_MS, MIN_TIME_MS } from './attestation-limits.ts';
import { type ExactValue, OddNumber } from './exact-json.ts';
import { pointerTo, Refused } from './refused.ts';
import { rfc3339ToMs } from './rfc3339.ts';

/** Reads one field; `pointer` is its place. Throws `Refused`. */
export type Read<Value> = (value: ExactValue, pointer: string) => Value;

/** Known fields of an object with their readers. */
export type Fields = ReadonlyMap<string, Read<unknown>>;

/** An object with its known fields read, and everything else apart. */
export interface ReadObject {
  readonly known: Record<string, unknown>;
  readonly unknown: JsonObject | undefined;
}

const NO_FIELD = Symbol('no field');

/** The names of nested objects whose own unknown fields are collected beside those of their parent. */
export class Nested {
  readonly known: unknown;
  readonly unknown: JsonObject | undefined;

  constructor(known: unknown, unknown: JsonObject | undefined) {
    this.known = known;
    this.unknown = unknown;
  }
}

/** Null counts as absent for a known field. */
export function readFields(value: ExactValue, pointer: string, fields: Fields): ReadObject {
  if (!isObject(value)) throw wrongType(pointer, 'an object', value);
  const known: Record<string, unknown> = {};
  let unknown: Record<string, JsonValue> | undefined;
  for (const [key, item] of Object.entries(value)) {
    const read = fields.get(key);
    if (read === undefined) {
      unknown ??= emptyObject();
      unknown[key] = carried(item);
      continue;
    }
    if (item === null) continue;
    const result = read(item, pointerTo(pointer, key));
    if (result instanceof Nested) {
      known[key] = result.known;
      if (result.unknown !== undefined) {
        unknown ??= emptyObject();
        unknown[key] = result.unknown;
      }
    } else if (result !== NO_FIELD) known[key] = result;
  }
  return { known, unknown };
}

export function nested(fields: Fields, required: readonly string[] = []): Read<Nested> {
  return (value, pointer) => {
    const { known, unknown } = readFields(value, pointer, fields);
    requireFields(known, pointer, required);
    return new Nested(known, unknown);
  };
}

export function listOf(
  fields: Fields,
  maxItems: number,
  limitName: string,
  required: readonly string[] = [],
): Read<Nested> {
  return (value, pointer) => {
    if (!Array.isArray(value)) throw wrongType(pointer, 'an array', value);
    if (value.length > maxItems) {
      throw new Refused(
        'too_many_items',
        pointer,
        `The list has ${value.length} items; at most ${maxItems} are taken (${limitName}).`,
      );
    }
    const known: unknown[] = [];
    let unknown: Record<string, JsonValue> | undefined;
    for (const [index, item] of value.entries()) {
      const place = pointerTo(pointer, index);
      const result = readFields(item as ExactValue, place, fields);
      requireFields(result.known, place, required);
      known.push(result.known);
      if (result.unknown !== undefined) {
        unknown ??= emptyObject();
        unknown[String(index)] = result.unknown;
      }
    }
    return new Nested(known, unknown);
  };
}

export function requireFields(
  known: Record<string, unknown>,
  pointer: string,
  required: readonly string[],
): void {
  for (const name of required) {
    if (known[name] === undefined) {
      throw new Refused(
        'missing_field',
        pointerTo(pointer, name),
        `The field "${name}" is missing or null; it is required.`,
      );
    }
  }
}

export function text(maxChars: number, limitName: string, minChars = 0): Read<string> {
  return (value, pointer) => {
    if (typeof value !== 'string') throw wrongType(pointer, 'a string', value);
    if (value.length > maxChars) {
      throw new Refused(
        'text_too_long',
        pointer,
        `The text has ${value.length} characters; at most ${maxChars} are taken (${limitName}).`,
      );
    }
    if (value.length < minChars) throw new Refused('empty_text', pointer, 'The text is empty.');
    return value;
  };
}

export function matching(pattern: RegExp, code: string, wanted: string): Read<string> {
  return (value, pointer) => {
    if (typeof value !== 'string') throw wrongType(pointer, 'a string', value);
    if (!pattern.test(value)) throw new Refused(code, pointer, `The value is not ${wanted}.`);
    return value;
  };
}

export function oneOf<Word extends string>(
  words: readonly Word[],
  code = 'unknown_value',
  anyCase = false,
): Read<Word> {
  return (value, pointer) => {
    if (typeof value !== 'string') throw wrongType(pointer, 'a string', value);
    const said = anyCase ? value.toLowerCase() : value;
    const word = words.find((candidate) => candidate === said);
    if (word === undefined) throw new Refused(code, pointer, `The value is not one of: ${words.join(', ')}.`);
    return word;
  };
}

export function flag(value: ExactValue, pointer: string): boolean {
  if (typeof value !== 'boolean') throw wrongType(pointer, 'true or false', value);
  return value;
}

export function numberBetween(min: number, max: number, wholeOnly = false): Read<number> {
  return (value, pointer) => {
    // Digits beyond a double's precision are fine in a measurement; a value beyond its range is not.
    const number = value instanceof OddNumber && !wholeOnly ? Number(value.text) : value;
    if (number instanceof OddNumber || (typeof number === 'number' && !Number.isFinite(number))) {
      throw new Refused(
        'number_out_of_range',
        pointer,
        'The number cannot be kept exactly (beyond 2^53, or not finite).',
      );
    }
    if (typeof number !== 'number') throw wrongType(pointer, 'a number', value);
    if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
      throw new Refused('number_out_of_range', pointer, 'The number cannot be kept exactly (beyond 2^53).');
    }
    if (number < min || number > max || (wholeOnly && !Number.isInteger(number))) {
      throw new Refused(
        'number_out_of_range',
        pointer,
        `The number is not ${wholeOnly ? 'a whole one ' : ''}between ${min} and ${max}.`,
      );
    }
    return Object.is(number, -0) ? 0 : number;
  };
}

/** An RFC 3339 time from 1990 to before 2200; answers the text as received. */
export const time: Read<string> = (value, pointer) => {
  if (typeof value !== 'string') throw wrongType(pointer, 'a string', value);
  const ms = value.length <= 64 ? rfc3339ToMs(value) : undefined;
  if (ms === undefined) {
    throw new Refused(
      'bad_timestamp',
      pointer,
      'The time is not RFC 3339 with an offset, such as 2026-11-20T09:15:30.412Z.',
    );
  }
  if (ms < MIN_TIME_MS || ms >= END_TIME_MS) {
    throw new Refused(
      'timestamp_out_of_range',
      pointer,
      'The time does not lie between 1990 and 2199; check seconds against milliseconds.',
    );
  }
  return value;
};

/** Leaves a field out of `known` and `unknown`. */
export const leftOut: Read<typeof NO_FIELD> = () => NO_FIELD;

function isObject(value: ExactValue): value is Readonly<Record<string, ExactValue>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof OddNumber)
  );
}

function emptyObject(): Record<string, JsonValue> {
  return Object.create(null) as Record<string, JsonValue>;
}

/** Unknown values as they are, odd numbers as their text. */
function carried(value: ExactValue): JsonValue {
  if (value instanceof OddNumber) return value.text;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => carried(item as ExactValue));
  const copy = emptyObject();
  for (const [key, item] of Object.entries(value)) copy[key] = carried(item);
  return copy;
}

function wrongType(pointer: string, wanted: string, value: ExactValue): Refused {
  return new Refused(
    'wrong_type',
    pointer,
    `${wanted[0]?.toUpperCase()}${wanted.slice(1)} is expected, not ${nameOf(value)}.`,
  );
}

function nameOf(value: ExactValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof OddNumber || typeof value === 'number') return 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
