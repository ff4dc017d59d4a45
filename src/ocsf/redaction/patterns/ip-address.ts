import { isAlphanumeric, isDigit, isHexDigit } from './character-class.ts';
import type { Span } from './pattern.ts';

const IPV4_GROUPS = 4;
const MAX_GROUP = 255;
const IPV6_GROUPS = 8;
const MAX_HEX_DIGITS = 4;
/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255` */
const MAX_IPV6_CHARS = 45;

/** Four numbers up to 255 with dots between, and no fifth. A version of four numbers looks the same, and is taken for one. */
export function findIpv4(text: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  while (at < text.length) {
    if (!isDigit(text, at)) {
      at += 1;
      continue;
    }
    const start = at;
    let groups = 0;
    let valid = true;
    let end = at;
    for (;;) {
      const groupStart = end;
      while (isDigit(text, end)) end += 1;
      groups += 1;
      if (end - groupStart > 3 || Number(text.slice(groupStart, end)) > MAX_GROUP) valid = false;
      if (text[end] !== '.' || !isDigit(text, end + 1)) break;
      end += 1;
    }
    if (valid && groups === IPV4_GROUPS) spans.push({ start, end });
    at = end;
  }
  return spans;
}

/** What stands alone, has colons and is an address of 128 bits. Times and hardware addresses are none. */
export function findIpv6(text: string): Span[] {
  const spans: Span[] = [];
  for (let colon = text.indexOf(':'); colon !== -1;) {
    const run = runAround(text, colon, spans.at(-1)?.end ?? 0);
    const found = addressIn(text, run);
    if (found !== undefined) spans.push(found);
    colon = text.indexOf(':', Math.max(run.end, colon + 1));
  }
  return spans;
}

function runAround(text: string, colon: number, free: number): Span {
  let start = colon;
  while (start > free && isHexDigit(text, start - 1)) start -= 1;
  let end = colon;
  while (isHexDigit(text, end) || text[end] === ':' || text[end] === '.') end += 1;
  return { start, end };
}

function addressIn(text: string, run: Span): Span | undefined {
  let { start, end } = run;
  if (isAlphanumeric(text, start - 1) || isAlphanumeric(text, end)) return undefined;
  if (text[start] === ':' && text[start + 1] !== ':') start += 1;
  while (end > start && text[end - 1] === '.') end -= 1;
  if (text[end - 1] === ':' && text[end - 2] !== ':') end -= 1;
  if (end - start > MAX_IPV6_CHARS || end - start < 3 || !isIPv6(text.slice(start, end))) return undefined;
  return { start, end };
}

/** RFC 4291, section 2.2: eight groups, a run of zeros left out at most once, the last two perhaps as an IPv4 address. */
function isIPv6(text: string): boolean {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return false;
  const front = groupsOf(head, tail === undefined);
  const back = tail === undefined ? 0 : groupsOf(tail, true);
  if (front === undefined || back === undefined) return false;
  return tail === undefined ? front === IPV6_GROUPS : front + back > 0 && front + back < IPV6_GROUPS;
}

/** How many groups; undefined where one is none. */
function groupsOf(text: string, isLast: boolean): number | undefined {
  if (text === '') return 0;
  const groups = text.split(':');
  const last = groups.at(-1) ?? '';
  const hasIpv4 = isLast && last.includes('.');
  if (hasIpv4) {
    const [found] = findIpv4(last);
    if (found?.start !== 0 || found.end !== last.length) return undefined;
    groups.pop();
  }
  const areHex = groups.every(
    (group) => group !== '' && group.length <= MAX_HEX_DIGITS && !group.includes('.'),
  );
  return areHex ? groups.length + (hasIpv4 ? 2 : 0) : undefined;
}
