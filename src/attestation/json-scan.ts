/**
 * One pass over a JSON text that sees what `JSON.parse` throws away: how many keys stand in it (so that a duplicate shows
 * as a difference to the parsed tree), how deep it is, and whether anything rare is in it that the exact reader must look
 * at. It does not check the grammar.
 */
export interface JsonScan {
  readonly keys: number;
  readonly depth: number;
  /** A number that may not survive `JSON.parse` unchanged: 16 digits or more, an exponent, or a minus zero. */
  readonly hasOddNumber: boolean;
  /** An escaped U+0000 or surrogate. */
  readonly hasOddEscape: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ODD_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;

export function scanJson(text: string): JsonScan {
  let keys = 0;
  let depth = 0;
  let maxDepth = 0;
  let hasOddNumber = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (isKey(text, at + 1)) keys += 1;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxDepth) maxDepth = depth;
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(text, at);
      if (end - at >= 16 || isOddNumber(text, at, end)) hasOddNumber = true;
      at = end - 1;
    }
  }
  return {
    keys,
    depth: maxDepth,
    hasOddNumber,
    hasOddEscape: text.includes('\\u') && ODD_ESCAPE.test(text),
  };
}

/** Index of the closing quote of the string that opens at `open`, or the last index of the text. */
export function endOfString(text: string, open: number): number {
  let close = open;
  for (;;) {
    close = text.indexOf('"', close + 1);
    if (close === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(close - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return close;
  }
}

function isKey(text: string, from: number): boolean {
  let at = from;
  let code = text.charCodeAt(at);
  while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = text.charCodeAt((at += 1));
  return code === 0x3a;
}

function endOfNumber(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    const isPart =
      (code >= 0x30 && code <= 0x39) ||
      code === 0x2e ||
      code === 0x2d ||
      code === 0x2b ||
      (code | 0x20) === 0x65;
    if (!isPart) return at;
    at += 1;
  }
}

function isOddNumber(text: string, from: number, end: number): boolean {
  if (text.charCodeAt(from) === 0x2d && text.charCodeAt(from + 1) === 0x30) return true;
  for (let at = from; at < end; at += 1) if ((text.charCodeAt(at) | 0x20) === 0x65) return true;
  return false;
}
