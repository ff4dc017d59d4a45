import { isAlphanumeric, isLetter, isOtherLetter } from './character-class.ts';
import type { Span } from './pattern.ts';

const LOCAL_SIGNS = "!#$%&+=?^_~.-'";

/**
 * Addresses such as `bob@example.com`. Each `@` is looked at once, as far as the characters of an address go on both sides;
 * no two look at the same characters in the same direction.
 */
export function findEmails(text: string): Span[] {
  const spans: Span[] = [];
  let free = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > free && isLocal(text, start - 1)) start -= 1;
    while (start < at && (text[start] === "'" || text[start] === '.')) start += 1;
    let end = at + 1;
    while (isDomain(text, end)) end += 1;
    end = at + 1 + domainLength(text.slice(at + 1, end));
    if (start === at || end === at + 1) continue;
    spans.push({ start, end });
    free = end;
  }
  return spans;
}

/** Up to the end of the last label that could be a top-level one; 0 where there is none. */
function domainLength(domain: string): number {
  let end = domain.length;
  while (end > 0) {
    while (end > 0 && (domain[end - 1] === '.' || domain[end - 1] === '-')) end -= 1;
    const dot = domain.lastIndexOf('.', end - 1);
    if (dot <= 0) return 0;
    if (end - dot > 2 && (isLetter(domain, dot + 1) || isOtherLetter(domain, dot + 1))) return end;
    end = dot;
  }
  return 0;
}

function isLocal(text: string, at: number): boolean {
  return isAlphanumeric(text, at) || LOCAL_SIGNS.includes(text.charAt(at)) || isOtherLetter(text, at);
}

function isDomain(text: string, at: number): boolean {
  const unit = text[at];
  return unit === '.' || unit === '-' || isAlphanumeric(text, at) || isOtherLetter(text, at);
}
