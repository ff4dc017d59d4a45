import { isAlphanumeric, isDigit, isLetter, isSeparator } from './character-class.ts';
import type { Span } from './pattern.ts';

/** Of the numbers without separators (ISO 13616). */
const MIN_CHARS = 15;
const MAX_CHARS = 34;

/** Account numbers with a right check number, whole or in groups. Each start is looked at as far as the longest may go. */
export function findIbans(text: string): Span[] {
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
  return (
    isLetter(text, at) &&
    isLetter(text, at + 1) &&
    isDigit(text, at + 2) &&
    isDigit(text, at + 3) &&
    !isAlphanumeric(text, at - 1)
  );
}

/** The end of the longest number that begins here: a shorter one could leave digits behind. */
function longestAt(text: string, start: number): number | undefined {
  let chars = '';
  let longest: number | undefined;
  let at = start;
  while (chars.length < MAX_CHARS && isAlphanumeric(text, at)) {
    chars += text.charAt(at);
    at += 1;
    if (isAlphanumeric(text, at)) continue;
    if (chars.length >= MIN_CHARS && hasRightCheck(chars)) longest = at;
    if (isSeparator(text, at)) at += 1;
  }
  return longest;
}

/** The first four characters moved to the end, letters as 10 to 35: the whole leaves 1 when divided by 97. */
function hasRightCheck(chars: string): boolean {
  let rest = 0;
  for (const unit of chars.slice(4) + chars.slice(0, 4)) {
    const value = Number.parseInt(unit, 36);
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest === 1;
}
