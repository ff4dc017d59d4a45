/** Cuts JSON apart by bytes: what is between is never parsed, and never changed. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;

/** A member of an object: its key as it is written, and where its value stands. */
export interface MemberSpan {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The members of the object that `bytes` are. Undefined when they are no object, or end too soon. Values are not looked into
 * beyond where they end.
 */
export function memberSpans(bytes: Buffer): readonly MemberSpan[] | undefined {
  const members: MemberSpan[] = [];
  let at = skipBlank(bytes, 0);
  if (bytes[at] !== OPEN_BRACE) return undefined;
  at = skipBlank(bytes, at + 1);
  if (bytes[at] === CLOSE_BRACE) return members;
  while (bytes[at] === QUOTE) {
    const keyEnd = endOfString(bytes, at);
    if (keyEnd === undefined) return undefined;
    const key = bytes.toString('utf8', at + 1, keyEnd - 1);
    at = skipBlank(bytes, keyEnd);
    if (bytes[at] !== COLON) return undefined;
    const from = skipBlank(bytes, at + 1);
    const to = endOfValue(bytes, from);
    if (to === undefined) return undefined;
    members.push({ key, from, to });
    at = skipBlank(bytes, to);
    if (bytes[at] === CLOSE_BRACE) return skipBlank(bytes, at + 1) === bytes.length ? members : undefined;
    if (bytes[at] !== COMMA) return undefined;
    at = skipBlank(bytes, at + 1);
  }
  return undefined;
}

/** Where the value that begins at `start` ends. Undefined when it does not end in `bytes`, or is none. */
export function endOfValue(bytes: Buffer, start: number): number | undefined {
  const first = bytes[start];
  if (first === QUOTE) return endOfString(bytes, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(bytes, start);
  let at = start;
  while (at < bytes.length && !endsScalar(bytes[at] ?? 0)) at += 1;
  return at === start ? undefined : at;
}

export function skipBlank(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && isBlank(bytes[at] ?? 0)) at += 1;
  return at;
}

export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endOfNested(bytes: Buffer, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = endOfString(bytes, at);
      if (end === undefined) return undefined;
      at = end - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

/** Byte by byte: most strings are shorter than a call that looks for their end is dear. */
export function endOfString(bytes: Buffer, start: number): number | undefined {
  for (let at = start + 1; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) return at + 1;
  }
  return undefined;
}

function endsScalar(byte: number): boolean {
  return isBlank(byte) || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}
