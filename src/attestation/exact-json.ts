import type { JsonValue } from '../json.ts';
import { endOfString } from './json-scan.ts';
import { pointerTo, Refused } from './refused.ts';

/** A number whose value `JSON.parse` would change. Known fields refuse it; unknown ones carry its text. */
export class OddNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A tree as the exact reader gives it. */
export type ExactValue =
  | JsonValue
  | OddNumber
  | readonly ExactValue[]
  | { readonly [key: string]: ExactValue };

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Reads JSON exactly (RFC 8259) and names the place of what it refuses: broken grammar (line and column), duplicate keys,
 * U+0000, lone surrogates, depth. Slower than `JSON.parse`; used when the scan found something rare, or when parsing
 * failed. Throws `Refused`.
 */
export function readExactJson(text: string, maxDepth: number): ExactValue {
  const reader = new ExactReader(text, maxDepth);
  return reader.document();
}

class ExactReader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  document(): ExactValue {
    const value = this.#value('', 1);
    this.#space();
    if (this.#at < this.#text.length) throw this.#broken('the record ends here, but more text follows');
    return value;
  }

  #value(pointer: string, depth: number): ExactValue {
    this.#space();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(pointer, depth);
      case '[':
        return this.#array(pointer, depth);
      case '"':
        return this.#string(pointer);
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      case undefined:
        throw this.#broken('the text ends in the middle of a value');
      default:
        return this.#number();
    }
  }

  #object(pointer: string, depth: number): ExactValue {
    this.#enter(pointer, depth);
    const entries = new Map<string, ExactValue>();
    this.#space();
    if (this.#text[this.#at] === '}') this.#at += 1;
    else {
      for (;;) {
        this.#space();
        if (this.#text[this.#at] !== '"') throw this.#broken('a key in quotes is expected');
        const key = this.#string(pointer);
        const place = pointerTo(pointer, key);
        if (entries.has(key)) {
          throw new Refused(
            'duplicate_key',
            place,
            'The same key stands twice in one object; which one holds is not known.',
          );
        }
        this.#space();
        if (this.#text[this.#at] !== ':') throw this.#broken('a colon is expected after the key');
        this.#at += 1;
        entries.set(key, this.#value(place, depth + 1));
        if (this.#next('}')) break;
      }
    }
    // A null prototype keeps a key named __proto__ an ordinary key.
    const object = Object.create(null) as Record<string, ExactValue>;
    for (const [key, value] of entries) object[key] = value;
    return object;
  }

  #array(pointer: string, depth: number): ExactValue {
    this.#enter(pointer, depth);
    const items: ExactValue[] = [];
    this.#space();
    if (this.#text[this.#at] === ']') this.#at += 1;
    else {
      do items.push(this.#value(pointerTo(pointer, items.length), depth + 1));
      while (!this.#next(']'));
    }
    return items;
  }

  #enter(pointer: string, depth: number): void {
    if (depth > this.#maxDepth) throw tooDeep(pointer, this.#maxDepth);
    this.#at += 1;
  }

  /** True when `close` ends the list, false after a comma. */
  #next(close: '}' | ']'): boolean {
    this.#space();
    const character = this.#text[this.#at];
    if (character !== ',' && character !== close) throw this.#broken(`"," or "${close}" is expected`);
    this.#at += 1;
    return character === close;
  }

  #string(pointer: string): string {
    const start = this.#at;
    const end = endOfString(this.#text, start);
    if (end >= this.#text.length) throw this.#broken('a string is not closed');
    let value: string;
    try {
      value = JSON.parse(this.#text.slice(start, end + 1)) as string;
    } catch {
      throw this.#broken('a string holds a raw control character or a wrong escape');
    }
    checkText(value, pointer);
    this.#at = end + 1;
    return value;
  }

  #number(): ExactValue {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    if (text === undefined) throw this.#broken('a value is expected');
    this.#at += text.length;
    const value = Number(text);
    return isOdd(text, value) ? new OddNumber(text) : value;
  }

  #word<Value extends boolean | null>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) throw this.#broken('a value is expected');
    this.#at += word.length;
    return value;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #broken(what: string): Refused {
    const before = this.#text.slice(0, this.#at);
    const line = before.split('\n').length;
    const column = this.#at - (before.lastIndexOf('\n') + 1) + 1;
    return new Refused('not_json', '', `Not JSON at line ${line}, column ${column}: ${what}.`);
  }
}

export function tooDeep(pointer: string, maxDepth: number): Refused {
  return new Refused(
    'too_deep',
    pointer,
    `More than ${maxDepth} objects and arrays stand inside one another (maxDepth).`,
  );
}

/** One rule for both stores: PostgreSQL refuses these in text, SQLite changes them in silence. */
export function checkText(value: string, pointer: string): void {
  if (value.includes('\u0000')) {
    throw new Refused('nul_character', pointer, 'The text holds U+0000, which cannot be stored; remove it.');
  }
  if (!value.isWellFormed()) {
    throw new Refused(
      'lone_surrogate',
      pointer,
      'The text holds half of a surrogate pair, which is not a character.',
    );
  }
}

/** Would `JSON.parse` and `JSON.stringify` give another number? */
function isOdd(text: string, value: number): boolean {
  if (!Number.isFinite(value) || Object.is(value, -0)) return true;
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return true;
  const digits = text.replace(/[eE].*$/, '').replace(/^-?0*\.?0*|[-.]/g, '');
  if (value === 0) return /[1-9]/.test(digits);
  return digits.replace(/0+$/, '').length > 15 && String(value) !== text;
}
