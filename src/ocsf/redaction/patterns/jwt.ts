import { isAlphanumeric } from './character-class.ts';
import type { Span } from './pattern.ts';

/** What the JSON of a token's header (`{"`) is in base64url. */
const HEADER_START = 'eyJ';
/** Signed tokens have 3 parts, encrypted ones 5. */
const MIN_PARTS = 3;
const MAX_PARTS = 5;

/** Tokens of JWS and JWE in their compact form. No character is looked at more often than a token has parts. */
export function findJwts(text: string): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf(HEADER_START, from);
    if (start === -1) return spans;
    const end = isPart(text, start - 1) ? undefined : endOfToken(text, start);
    if (end !== undefined) spans.push({ start, end });
    from = end ?? start + HEADER_START.length;
  }
}

function endOfToken(text: string, start: number): number | undefined {
  let end = start;
  let parts = 0;
  for (;;) {
    while (isPart(text, end)) end += 1;
    parts += 1;
    if (parts === MAX_PARTS || text[end] !== '.') break;
    end += 1;
  }
  return parts < MIN_PARTS ? undefined : end;
}

function isPart(text: string, at: number): boolean {
  return isAlphanumeric(text, at) || text[at] === '-' || text[at] === '_';
}
