import type { JsonValue } from '../json.ts';
import { endOfString } from './json-scan.ts';
import { isOddNumber, OddNumber } from './odd-number.ts';
import { type PointerStep, Refused } from './refused.ts';

/** A tree as the exact reader gives it: what `JSON.parse` gives, but for the numbers that it would change. */
export type ExactValue =
  | JsonValue
  | OddNumber
  | readonly ExactValue[]
  | { readonly [key: string]: ExactValue };

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Reads JSON exactly (https://www.rfc-editor.org/rfc/rfc8259) and names the place of what it refuses: broken grammar (line
 * and column), duplicate keys, U+0000, lone surrogates, depth. Slower than `JSON.parse`; used when the scan found something
 * rare, or when the quick way did not accept the text. Throws `Refused`.
 */
export function readExactJson(text: string, maxDepth: number): ExactValue {
  return new ExactReader(text, maxDepth).document();
}

class ExactReader {
  readonly #text: string;
  readonly #maxDepth: number;
  /** Where the reader stands: its length is the depth. */
  readonly #path: PointerStep[] = [];
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  document(): ExactValue {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) {
      throw this.#broken(
        'the JSON value ends before this text (several records go as an array or as NDJSON)',
      );
    }
    return value;
  }

  #value(): ExactValue {
    this.#space();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string('The text');
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      case undefined:
        throw this.#broken('the text ends where a value is expected');
      default:
        return this.#number();
    }
  }

  #object(): ExactValue {
    this.#enter();
    const object: Record<string, ExactValue> = {};
    this.#space();
    if (this.#text[this.#at] === '}') this.#at += 1;
    else {
      do {
        const key = this.#key();
        this.#path.push(key);
        if (Object.hasOwn(object, key)) {
          throw this.#refused(
            'duplicate_key',
            'The same key stands twice in one object; which one holds is not known.',
          );
        }
        setOwn(object, key, this.#value());
        this.#path.pop();
      } while (!this.#ends('}'));
    }
    return object;
  }

  #key(): string {
    this.#space();
    if (this.#text[this.#at] !== '"') throw this.#broken('a key in double quotes is expected');
    const key = this.#string('A key of this object');
    this.#space();
    if (this.#text[this.#at] !== ':') throw this.#broken('a colon is expected after the key');
    this.#at += 1;
    return key;
  }

  #array(): ExactValue {
    this.#enter();
    const items: ExactValue[] = [];
    this.#space();
    if (this.#text[this.#at] === ']') this.#at += 1;
    else {
      do {
        this.#path.push(items.length);
        items.push(this.#value());
        this.#path.pop();
      } while (!this.#ends(']'));
    }
    return items;
  }

  #enter(): void {
    if (this.#path.length >= this.#maxDepth) {
      throw this.#refused(
        'too_deep',
        `More than ${this.#maxDepth} objects and arrays stand inside one another (maxDepth).`,
      );
    }
    this.#at += 1;
  }

  /** True when `close` ends the list, false after a comma. */
  #ends(close: '}' | ']'): boolean {
    this.#space();
    const character = this.#text[this.#at];
    if (character !== ',' && character !== close) throw this.#broken(`"," or "${close}" is expected`);
    this.#at += 1;
    return character === close;
  }

  #string(what: string): string {
    const end = endOfString(this.#text, this.#at);
    if (end >= this.#text.length) throw this.#broken('a string is not closed');
    let value: string;
    try {
      value = JSON.parse(this.#text.slice(this.#at, end + 1)) as string;
    } catch {
      throw this.#broken('a string holds a raw control character or a wrong escape');
    }
    // One rule for both stores: PostgreSQL refuses these two in text, SQLite changes them in silence.
    if (value.includes('\u0000')) {
      throw this.#refused('nul_character', `${what} holds U+0000, which cannot be stored; remove it.`);
    }
    if (!value.isWellFormed()) {
      throw this.#refused(
        'lone_surrogate',
        `${what} holds half of a surrogate pair, which is not a character; replace it.`,
      );
    }
    this.#at = end + 1;
    return value;
  }

  #number(): ExactValue {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    if (text === undefined) throw this.#broken('a value is expected');
    this.#at += text.length;
    return isOddNumber(text) ? new OddNumber(text) : Number(text);
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

  #refused(code: string, message: string): Refused {
    return new Refused(code, message, this.#path);
  }

  #broken(what: string): Refused {
    const before = this.#text.slice(0, this.#at);
    const line = before.split('\n').length;
    const column = this.#at - before.lastIndexOf('\n');
    return this.#refused('not_json', `Not JSON at line ${line}, column ${column}: ${what}.`);
  }
}

/** As `JSON.parse` does it: a key named `__proto__` is a key like any other. */
function setOwn(object: Record<string, ExactValue>, key: string, value: ExactValue): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
