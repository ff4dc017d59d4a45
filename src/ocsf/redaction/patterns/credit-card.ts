import { isDigit, isSeparator } from './character-class.ts';
import type { Span } from './pattern.ts';

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;

/** Numbers of payment cards: 13 to 19 digits, whole or in groups, that begin with 2 to 6 and pass the check of Luhn. */
export function findCreditCards(text: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  while (at < text.length) {
    const end = isStart(text, at) ? longestAt(text, at) : undefined;
    if (end === undefined) {
      at += 1;
    } else {
      spans.push({ start: at, end });
      at = end;
    }
  }
  return spans;
}

function isStart(text: string, at: number): boolean {
  const unit = text.charAt(at);
  return unit >= '2' && unit <= '6' && !isDigit(text, at - 1);
}

function longestAt(text: string, start: number): number | undefined {
  let digits = '';
  let longest: number | undefined;
  let at = start;
  while (digits.length < MAX_DIGITS && isDigit(text, at)) {
    digits += text.charAt(at);
    at += 1;
    if (isDigit(text, at)) continue;
    if (digits.length >= MIN_DIGITS && passesLuhn(digits)) longest = at;
    if (isSeparator(text, at)) at += 1;
  }
  return longest;
}

/** Every second digit from the right counts double, with its digits added up; the sum ends in 0. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
