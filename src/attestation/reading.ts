import type { JsonValue } from '../json.ts';
import type { AttestationLimits } from './attestation-limits.ts';
import type { ExactValue } from './exact-json.ts';
import { OddNumber } from './odd-number.ts';
import { Refused } from './refused.ts';

/** One record on its way through the readers: the limits, and what was counted so far against them. */
export class Reading {
  readonly limits: AttestationLimits;
  #keys = 0;
  #items = 0;

  constructor(limits: AttestationLimits) {
    this.limits = limits;
  }

  /** Keys seen. Fewer than stand in the text means that a key stood there twice. */
  get keys(): number {
    return this.#keys;
  }

  /** Counts the keys of one object, known or not. Throws `Refused`. */
  countKeys(keys: number): void {
    this.#keys += keys;
    const { maxKeys } = this.limits;
    if (this.#keys > maxKeys) {
      throw new Refused('too_many_keys', `The record has more than ${maxKeys} keys (maxKeys).`);
    }
  }

  /** Looks at a key that the contract does not name. Throws `Refused`. */
  checkKey(key: string): void {
    const { maxKeyChars } = this.limits;
    if (hasMoreChars(key, maxKeyChars)) {
      throw new Refused(
        'key_too_long',
        `A key of this object has more than ${maxKeyChars} characters (maxKeyChars).`,
      );
    }
  }

  countItems(items: number): void {
    this.#items += items;
    const { maxItems } = this.limits;
    if (this.#items > maxItems) {
      throw new Refused('too_many_items', `The record has more than ${maxItems} array items (maxItems).`);
    }
  }

  /**
   * A value that the contract does not name, as it travels on: odd numbers as their text, objects without a prototype, so
   * that a key named `__proto__` is data. Throws `Refused`.
   */
  carry(value: ExactValue): JsonValue {
    if (value instanceof OddNumber) return value.text;
    if (typeof value !== 'object' || value === null) return value;
    if (isArray(value)) {
      this.countItems(value.length);
      return value.map((item, index) => this.#carryPart(item, index));
    }
    const copy = emptyObject<JsonValue>();
    const keys = Object.keys(value);
    this.countKeys(keys.length);
    for (const key of keys) {
      this.checkKey(key);
      copy[key] = this.#carryPart(value[key] as ExactValue, key);
    }
    return copy;
  }

  #carryPart(value: ExactValue, step: string | number): JsonValue {
    if (typeof value !== 'object' || value === null) return value;
    try {
      return this.carry(value);
    } catch (error) {
      throw error instanceof Refused ? error.under(step) : error;
    }
  }
}

/** More than `max` Unicode code points? */
export function hasMoreChars(text: string, max: number): boolean {
  if (text.length <= max) return false;
  if (text.length > 2 * max) return true;
  let chars = 0;
  for (const char of text) chars += char.length > 0 ? 1 : 0;
  return chars > max;
}

/** An object without a prototype: no key of it can reach `Object.prototype`. */
export function emptyObject<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

/** `Array.isArray` that also narrows read-only arrays. */
export function isArray(value: ExactValue): value is readonly ExactValue[] {
  return Array.isArray(value);
}
