import type { JsonObject, JsonValue } from '../json.ts';
import type { AttestationLimits } from './attestation-limits.ts';
import type { ExactValue } from './exact-json.ts';
import { OddNumber } from './odd-number.ts';
import { type Read, wrongType } from './read-value.ts';
import { emptyObject, isArray, type Reading } from './reading.ts';
import { Refused } from './refused.ts';

/** How one field of an object is read. */
export type Field =
  | { readonly kind: 'value'; readonly read: Read<unknown> }
  | { readonly kind: 'object'; readonly fields: Fields }
  | { readonly kind: 'list'; readonly fields: Fields; readonly maxItems: keyof AttestationLimits }
  /** Kept in the record, and read no further than its size. */
  | { readonly kind: 'withheld' };

/** The fields of an object that the contract names. */
export interface Fields {
  readonly byName: ReadonlyMap<string, Field>;
  readonly required: readonly string[];
}

/** An object with its known fields read, and everything else apart, in the same places. */
export interface ReadObject {
  readonly known: Readonly<Record<string, unknown>>;
  readonly unknown: JsonObject | undefined;
}

interface ReadList {
  readonly known: readonly unknown[];
  readonly unknown: JsonObject | undefined;
}

type JsonRecord = Readonly<Record<string, ExactValue>>;

export function fields(byName: Readonly<Record<string, Field>>, ...required: readonly string[]): Fields {
  return { byName: new Map(Object.entries(byName)), required };
}

/**
 * Reads the known fields of an object; null counts as absent. An object in which nothing is unknown, null or in need of a
 * normal form is answered as it is, without a copy: that is nearly every one, and this runs on every record. Throws `Refused`.
 */
export function readObject(value: ExactValue, { byName, required }: Fields, reading: Reading): ReadObject {
  if (!isObject(value)) throw wrongType('an object', value);
  let known: Record<string, unknown> | undefined;
  let unknown: Record<string, JsonValue> | undefined;
  let keys = 0;
  let place: string | undefined;
  try {
    // `for in` is much faster here than `Object.keys` and a look-up of each key.
    for (const key in value) {
      const item = value[key] as ExactValue;
      const field = byName.get(key);
      if (field === undefined) {
        if (!Object.hasOwn(value, key)) continue;
        reading.checkKey(key);
      }
      keys += 1;
      place = key;
      let kept: unknown;
      let apart: JsonValue | undefined;
      if (field === undefined) {
        apart = reading.carry(item);
      } else if (field.kind === 'withheld') {
        reading.carry(item);
      } else if (item !== null) {
        if (field.kind === 'value') {
          kept = field.read(item, reading);
        } else {
          const part =
            field.kind === 'object'
              ? readObject(item, field.fields, reading)
              : readList(item, field.fields, field.maxItems, reading);
          kept = part.known;
          apart = part.unknown;
        }
      }
      place = undefined;
      if (apart !== undefined) (unknown ??= emptyObject())[key] = apart;
      if (known === undefined && kept !== item) known = copyBefore(value, key);
      if (known !== undefined && kept !== undefined) known[key] = kept;
    }
  } catch (error) {
    throw error instanceof Refused && place !== undefined ? error.under(place) : error;
  }
  reading.countKeys(keys);
  const result = known ?? value;
  requireAll(result, required);
  return { known: result, unknown };
}

function readList(
  value: ExactValue,
  itemFields: Fields,
  limitName: keyof AttestationLimits,
  reading: Reading,
): ReadList {
  if (!isArray(value)) throw wrongType('an array', value);
  const maxItems = reading.limits[limitName];
  if (value.length > maxItems) {
    throw new Refused(
      'too_many_items',
      `The list has ${value.length} items; at most ${maxItems} are taken (${limitName}).`,
    );
  }
  reading.countItems(value.length);
  let known: unknown[] | undefined;
  let unknown: Record<string, JsonValue> | undefined;
  for (let index = 0; index < value.length; index += 1) {
    const item = value[index] as ExactValue;
    let part: ReadObject;
    try {
      part = readObject(item, itemFields, reading);
    } catch (error) {
      throw error instanceof Refused ? error.under(index) : error;
    }
    if (part.unknown !== undefined) (unknown ??= emptyObject())[String(index)] = part.unknown;
    if (known === undefined && part.known !== item) known = value.slice(0, index);
    known?.push(part.known);
  }
  return { known: known ?? value, unknown };
}

/** What was kept as it is before the first difference. */
function copyBefore(value: JsonRecord, end: string): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    if (key === end) break;
    copy[key] = value[key];
  }
  return copy;
}

function requireAll(known: Readonly<Record<string, unknown>>, required: readonly string[]): void {
  for (const name of required) {
    if (known[name] === undefined) {
      throw new Refused('missing_field', `The field "${name}" is missing or null; it is required.`, [name]);
    }
  }
}

function isObject(value: ExactValue): value is JsonRecord {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof OddNumber)
  );
}
