import { isAlphanumeric, isDigit, isSeparator } from './character-class.ts';
import type { Span } from './pattern.ts';

/** E.164 has at most 15 digits; fewer than 7 are no number that can be called from abroad. */
const MIN_DIGITS = 7;
const MAX_DIGITS = 15;
/** What may stand between two digits: `) `, ` - `. */
const MAX_BETWEEN = 3;

/**
 * Telephone numbers that can be told from other numbers: with `+` or `00` and the country, and those of North America in
 * groups of 3, 3 and 4. Each start is looked at as far as the longest number may go.
 */
export function findPhones(text: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  while (at < text.length) {
    const end = internationalAt(text, at) ?? northAmericanAt(text, at);
    if (end === undefined) {
      at += 1;
    } else {
      spans.push({ start: at, end });
      at = end;
    }
  }
  return spans;
}

function internationalAt(text: string, at: number): number | undefined {
  if (text[at] === '+')
    return isDigit(text, at + 1) || text[at + 1] === '(' ? digitsFrom(text, at + 1) : undefined;
  const isPrefix = text[at] === '0' && text[at + 1] === '0' && !isAlphanumeric(text, at - 1);
  // A dot before it would make it the fraction of a number.
  return isPrefix && text[at - 1] !== '.' && text[at + 2] !== '0' ? digitsFrom(text, at + 2) : undefined;
}

/** The end of the longest group that still makes a number. */
function digitsFrom(text: string, start: number): number | undefined {
  let longest: number | undefined;
  let count = 0;
  let at = start;
  for (;;) {
    for (let between = 0; between < MAX_BETWEEN && isBetween(text, at); between += 1) at += 1;
    if (!isDigit(text, at)) return longest;
    while (isDigit(text, at) && count <= MAX_DIGITS) {
      count += 1;
      at += 1;
    }
    if (count > MAX_DIGITS) return longest;
    if (count >= MIN_DIGITS) longest = at;
  }
}

function northAmericanAt(text: string, at: number): number | undefined {
  if (isAlphanumeric(text, at - 1) || text[at - 1] === '.' || text[at - 1] === '-') return undefined;
  const opened = text[at] === '(';
  const area = at + (opened ? 1 : 0);
  if (!areDigits(text, area, 3) || text.charAt(area) < '2') return undefined;
  let next = area + 3;
  if (opened) {
    if (text[next] !== ')') return undefined;
    next += 1;
    if (isSeparator(text, next)) next += 1;
  } else if (isSeparator(text, next)) next += 1;
  else return undefined;
  if (!areDigits(text, next, 3) || !isSeparator(text, next + 3) || !areDigits(text, next + 4, 4))
    return undefined;
  return isAlphanumeric(text, next + 8) ? undefined : next + 8;
}

function areDigits(text: string, at: number, count: number): boolean {
  for (let index = at; index < at + count; index += 1) if (!isDigit(text, index)) return false;
  return true;
}

function isBetween(text: string, at: number): boolean {
  const unit = text[at];
  return isSeparator(text, at) || unit === '(' || unit === ')' || unit === '/';
}
