import type { JsonObject, JsonValue } from '../../src/json.ts';

/** An envelope as HEC takes it, with the exact text of its event. */
export interface Envelope {
  readonly fields: JsonObject;
  readonly event: JsonValue | undefined;
  readonly eventText: string;
}

/** What is wrong with a body, by HEC's codes; `number` is zero-based. */
export interface EnvelopeFault {
  readonly code: 5 | 6 | 12 | 13 | 15;
  readonly number?: number;
}

/** The year 2200. */
const LAST_SECOND = 7_258_118_400;
const ENVELOPE_KEYS = new Set(['time', 'host', 'source', 'sourcetype', 'index', 'fields', 'event']);

/** Cuts concatenated JSON objects apart, as the collector reads them, up to the first fault. */
export function readEnvelopes(body: string): {
  readonly envelopes: readonly Envelope[];
  readonly fault?: EnvelopeFault;
} {
  const envelopes: Envelope[] = [];
  let at = skipBlank(body, 0);
  if (at >= body.length) return { envelopes, fault: { code: 5 } };
  while (at < body.length) {
    const end = body[at] === '{' ? endOfNested(body, at) : undefined;
    const envelope = end === undefined ? undefined : parseEnvelope(body.slice(at, end));
    const fault = envelope === undefined ? ({ code: 6 } as const) : faultOf(envelope);
    if (envelope === undefined || end === undefined || fault !== undefined) {
      return { envelopes, fault: { code: fault?.code ?? 6, number: envelopes.length } };
    }
    envelopes.push(envelope);
    at = skipBlank(body, end);
  }
  return { envelopes };
}

export function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1;
  return at;
}

/** Where the object or array that begins at `start` ends; undefined when it does not. */
export function endOfNested(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

/** `text` is the envelope as it came. */
export function envelopeOf(value: JsonObject, text: string): Envelope {
  const { event, ...fields } = value;
  return { fields, event, eventText: textOfMember(text, 'event') ?? '' };
}

/** The value of a member as it is written; of the last one where a name comes twice. `text` is a valid object. */
function textOfMember(text: string, name: string): string | undefined {
  let found: string | undefined;
  let at = skipBlank(text, 1);
  while (text[at] === '"') {
    const keyEnd = endOfString(text, at);
    const from = skipBlank(text, skipBlank(text, keyEnd) + 1);
    const to = endOfValue(text, from);
    if (JSON.parse(text.slice(at, keyEnd)) === name) found = text.slice(from, to);
    at = skipBlank(text, skipBlank(text, to) + 1);
  }
  return found;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfValue(text: string, start: number): number {
  if (text[start] === '"') return endOfString(text, start);
  if (text[start] === '{' || text[start] === '[') return endOfNested(text, start) ?? text.length;
  let at = start;
  while (at < text.length && !',} \t\r\n'.includes(text[at] ?? '')) at += 1;
  return at;
}

function parseEnvelope(text: string): Envelope | undefined {
  try {
    return envelopeOf(JSON.parse(text) as JsonObject, text);
  } catch {
    return undefined;
  }
}

/** Rules that Splunk checks (12, 13, 15), and one that is ours: no other key, and `time` in seconds with milliseconds. */
function faultOf({ fields, event }: Envelope): EnvelopeFault | undefined {
  if (event === undefined || event === null) return { code: 12 };
  if (event === '') return { code: 13 };
  const indexed = fields['fields'];
  if (indexed !== undefined && !isFlat(indexed)) return { code: 15 };
  if (Object.keys(fields).some((key) => !ENVELOPE_KEYS.has(key))) return { code: 6 };
  return fields['time'] === undefined || isEpochSeconds(fields['time']) ? undefined : { code: 6 };
}

/** A number or a text. In milliseconds, a classic mistake, it would lie some fifty thousand years ahead. */
function isEpochSeconds(time: JsonValue): boolean {
  const seconds = typeof time === 'string' && /^\d+(?:\.\d+)?$/.test(time) ? Number(time) : time;
  return typeof seconds === 'number' && seconds >= 0 && seconds <= LAST_SECOND;
}

function isFlat(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((item) =>
    Array.isArray(item)
      ? item.every((entry: JsonValue) => typeof entry !== 'object')
      : typeof item !== 'object' || item === null,
  );
}
