import { type AttestationLimits, END_TIME_MS, MIN_TIME_MS } from './attestation-limits.ts';
import type { ExactValue } from './exact-json.ts';
import { OddNumber } from './odd-number.ts';
import { hasMoreChars, isArray, type Reading } from './reading.ts';
import { Refused } from './refused.ts';
import { rfc3339ToMs } from './rfc3339.ts';

/** Reads one field and answers its normal form: the same value where it has that form already. Throws `Refused`. */
export type Read<Value> = (value: ExactValue, reading: Reading) => Value;

/** A text of up to `limit` characters. */
export function text(limit: keyof AttestationLimits, minChars = 0): Read<string> {
  return (value, { limits }) => textUpTo(value, limits[limit], limit, minChars);
}

/** A text whose limit is part of the contract. */
export function textOf(maxChars: number, limitName: string): Read<string> {
  return (value) => textUpTo(value, maxChars, limitName, 0);
}

function textUpTo(value: ExactValue, maxChars: number, limitName: string, minChars: number): string {
  if (typeof value !== 'string') throw wrongType('a string', value);
  if (value.length > maxChars && hasMoreChars(value, maxChars)) {
    throw new Refused('text_too_long', `The text has more than ${maxChars} characters (${limitName}).`);
  }
  if (value.length < minChars) throw new Refused('empty_text', 'The text is empty.');
  return value;
}

export function matching(pattern: RegExp, code: string, wanted: string): Read<string> {
  return (value) => {
    if (typeof value !== 'string') throw wrongType('a string', value);
    if (!pattern.test(value)) throw new Refused(code, `The value is not ${wanted}.`);
    return value;
  };
}

const SHA256_HEX_CHARS = 64;
const SHA256_HEX = /^[0-9a-fA-F]{64}$/;

/** A SHA-256 in hex, answered in lower case. */
export const sha256: Read<string> = (value) => {
  if (typeof value !== 'string') throw wrongType('a string', value);
  if (value.length === SHA256_HEX_CHARS && isLowerHex(value)) return value;
  if (SHA256_HEX.test(value)) return value.toLowerCase();
  throw new Refused('bad_hash', 'The value is not a SHA-256 of 64 hex digits.');
};

/** Twice as fast as the expression, for the form that nearly every hash has. */
function isLowerHex(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false;
  }
  return true;
}

/** One of `words`. */
export function oneOf<Word extends string>(words: readonly Word[], code = 'unknown_value'): Read<Word> {
  return (value) => {
    if (typeof value !== 'string') throw wrongType('a string', value);
    for (const word of words) if (word === value) return word;
    throw new Refused(code, `The value is not one of: ${words.join(', ')}.`);
  };
}

/** One of `words` (lower case), in any case of ASCII letters. */
export function oneOfAnyCase<Word extends string>(words: readonly Word[], code: string): Read<Word> {
  const read = oneOf(words, code);
  // Beyond ASCII, lower case plays tricks: the Kelvin sign becomes k.
  return (value, reading) =>
    read(
      typeof value === 'string' && /[A-Z]/.test(value) && /^[A-Za-z]+$/.test(value)
        ? value.toLowerCase()
        : value,
      reading,
    );
}

export const flag: Read<boolean> = (value) => {
  if (typeof value !== 'boolean') throw wrongType('true or false', value);
  return value;
};

/**
 * A number from `min` to `max`, minus zero as zero. Digits beyond a double's precision are fine in a measurement, not in a
 * whole number; a value that a double cannot hold is refused.
 */
export function numberBetween(min: number, max: number, wholeOnly = false): Read<number> {
  return (value) => {
    const number = value instanceof OddNumber && !wholeOnly ? value.rounded() : value;
    if (number === undefined || number instanceof OddNumber) {
      throw new Refused(
        'number_out_of_range',
        'The number cannot be kept exactly (an integer beyond 2^53, or beyond the range of a double).',
      );
    }
    if (typeof number !== 'number') throw wrongType('a number', value);
    if (!(number >= min && number <= max) || (wholeOnly && !Number.isInteger(number))) {
      const wanted = wholeOnly ? 'a whole number between' : 'between';
      throw new Refused('number_out_of_range', `The number is not ${wanted} ${min} and ${max}.`);
    }
    return number === 0 ? 0 : number;
  };
}

/** An RFC 3339 time from 1990 to before 2200; answers the text as received. */
export const time: Read<string> = (value, { limits }) => {
  const said = textUpTo(value, limits.maxIdChars, 'maxIdChars', 0);
  const ms = rfc3339ToMs(said);
  if (ms === undefined) {
    throw new Refused(
      'bad_timestamp',
      'The time is not RFC 3339 with an offset, such as 2026-11-20T09:15:30.412Z.',
    );
  }
  if (ms < MIN_TIME_MS || ms >= END_TIME_MS) {
    throw new Refused(
      'timestamp_out_of_range',
      'The time does not lie between 1990 and 2199; check seconds against milliseconds.',
    );
  }
  return said;
};

export function wrongType(wanted: string, value: ExactValue): Refused {
  const sentence = `${wanted[0]?.toUpperCase() ?? ''}${wanted.slice(1)}`;
  return new Refused('wrong_type', `${sentence} is expected, not ${nameOf(value)}.`);
}

function nameOf(value: ExactValue): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'an array';
  if (value instanceof OddNumber) return 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
