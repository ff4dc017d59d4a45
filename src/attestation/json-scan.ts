import { isOddNumber } from './odd-number.ts';

/**
 * What one pass over a JSON text sees that `JSON.parse` throws away: how many keys stand in it (so that a duplicate shows
 * as a difference to the parsed tree), how deep it is, and whether something rare is in it that only the exact reader can
 * judge. It does not check the grammar.
 */
export interface JsonScan {
  readonly keys: number;
  readonly depth: number;
  /** A number that `JSON.parse` would change, an escaped U+0000, or an escaped surrogate that may stand alone. */
  readonly isOdd: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Shorter numbers without an exponent come through `JSON.parse` unchanged (15 digits and a dot). */
const SHORTEST_LONG_NUMBER = 16;
const ODD_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/g;
/** A surrogate pair whose first backslash is surely the start of an escape. */
const ESCAPED_PAIR = /(?<!\\)\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}/g;

export function scanJson(text: string): JsonScan {
  let keys = 0;
  let depth = 0;
  let maxDepth = 0;
  let isOdd = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === 0x3a) {
      // Outside of strings, each colon stands behind a key.
      keys += 1;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxDepth) maxDepth = depth;
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(text, at);
      if (mayBeOdd(text, at, end)) isOdd ||= isOddNumber(text.slice(at, end));
      at = end - 1;
    }
  }
  return { keys, depth: maxDepth, isOdd: isOdd || hasOddEscape(text) };
}

/** Index of the quote that closes the string opened at `open`, or the length of the text when none does. */
export function endOfString(text: string, open: number): number {
  let close = open;
  for (;;) {
    close = text.indexOf('"', close + 1);
    if (close === -1) return text.length;
    if (text.charCodeAt(close - 1) !== BACKSLASH) return close;
    let backslashes = 0;
    while (text.charCodeAt(close - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return close;
  }
}

function endOfNumber(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    const isDigit = code >= 0x30 && code <= 0x39;
    const isMark = code === 0x2e || code === 0x2d || code === 0x2b || (code | 0x20) === 0x65;
    if (!isDigit && !isMark) return at;
    at += 1;
  }
}

function mayBeOdd(text: string, from: number, end: number): boolean {
  if (end - from >= SHORTEST_LONG_NUMBER) return true;
  if (text.charCodeAt(from) === 0x2d && text.charCodeAt(from + 1) === 0x30) return true;
  for (let at = from; at < end; at += 1) if ((text.charCodeAt(at) | 0x20) === 0x65) return true;
  return false;
}

/**
 * Writers that keep to ASCII escape each emoji as a pair, which is fine. Whatever is not plainly such a pair counts as odd;
 * an escaped backslash before it may look so too, and then the exact reader finds nothing wrong.
 */
function hasOddEscape(text: string): boolean {
  if (!text.includes('\\u')) return false;
  const odd = text.match(ODD_ESCAPE)?.length ?? 0;
  return odd > 0 && odd !== 2 * (text.match(ESCAPED_PAIR)?.length ?? 0);
}
