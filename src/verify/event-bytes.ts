import { memberSpans } from './json-spans.ts';

/** Every event that this product sends begins so; only what begins otherwise is looked at more closely. */
const EVENT_HEAD = Buffer.from('{"class_uid":');

/** Columns and fields that hold the exact text of an event: of Splunk, and of the two Sentinel tables. */
export const RAW_NAMES: readonly string[] = Object.freeze(['_raw', 'RawEvent', 'RawEvent_s']);

/** Members that only an OCSF event has at its top. */
const EVENT_MARKS = new Set(['class_uid', 'type_uid', 'unmapped']);

const ENVELOPE_FIELDS = Buffer.from(',"fields":{"metadata_uid":');
const ENVELOPE_EVENT = Buffer.from('},"event":{"class_uid":');
const EVENT_KEY_BYTES = '},"event":'.length;

const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** An envelope in a result in a result is no export any more. */
const MAX_DEPTH = 3;

/**
 * Hands on the exact bytes of each event that stands in one JSON object of an export: the object itself, the `event` of a HEC
 * envelope, the `_raw` of a Splunk result, the `RawEvent` of a Sentinel row, alone or in lists of them. Answers false when there
 * is none, or when the object is no JSON.
 */
export function eventsIn(item: Buffer, onEvent: (event: Buffer) => void, depth = 1): boolean {
  if (startsAsEvent(item)) {
    onEvent(trimmed(item));
    return true;
  }
  const enveloped = inOwnEnvelope(item);
  if (enveloped !== undefined) {
    onEvent(enveloped);
    return true;
  }
  const members = depth > MAX_DEPTH ? undefined : memberSpans(item);
  if (members === undefined) return false;
  const valueOf = (name: string): Buffer | undefined => {
    const member = members.find(({ key }) => key === name);
    return member === undefined ? undefined : item.subarray(member.from, member.to);
  };
  for (const name of RAW_NAMES) {
    const raw = valueOf(name);
    if (raw !== undefined) return unquoted(raw, onEvent);
  }
  if (members.some(({ key }) => EVENT_MARKS.has(key))) {
    onEvent(trimmed(item));
    return true;
  }
  const inner = valueOf('event') ?? valueOf('result');
  if (inner !== undefined)
    return inner[0] === QUOTE ? unquoted(inner, onEvent) : eventsIn(inner, onEvent, depth + 1);
  const results = valueOf('results');
  if (results !== undefined) return fromResults(results, onEvent);
  const tables = valueOf('tables');
  return tables !== undefined && fromTables(tables, onEvent);
}

/**
 * The event of an envelope as this product sends it, without a walk through all of it: fields first, the event last, one brace
 * after it. Quotes inside of texts are escaped, so that these bytes are always structure.
 */
function inOwnEnvelope(item: Buffer): Buffer | undefined {
  const at = item.indexOf(ENVELOPE_EVENT);
  if (at === -1) return undefined;
  const fields = item.indexOf(ENVELOPE_FIELDS);
  // The fields are flat: the first brace after theirs is the event's.
  if (item.indexOf(OPEN_BRACE, fields + ENVELOPE_FIELDS.length) !== at + EVENT_KEY_BYTES) return undefined;
  const line = trimmed(item);
  if (line.length !== item.length || fields === -1 || fields > at || line.at(-2) !== CLOSE_BRACE)
    return undefined;
  // Another envelope after it on the same line: then it is to be cut apart first.
  if (item.indexOf(ENVELOPE_EVENT, at + ENVELOPE_EVENT.length) !== -1) return undefined;
  return item.subarray(at + EVENT_KEY_BYTES, -1);
}

function startsAsEvent(item: Buffer): boolean {
  return (
    item.length > EVENT_HEAD.length &&
    item.compare(EVENT_HEAD, 0, EVENT_HEAD.length, 0, EVENT_HEAD.length) === 0
  );
}

/** The text in a JSON string: what a SIEM quoted for its export. */
function unquoted(bytes: Buffer, onEvent: (event: Buffer) => void): boolean {
  const text = parsed(bytes);
  if (typeof text !== 'string') return false;
  const event = Buffer.from(text.trim());
  if (event[0] !== 0x7b) return false;
  onEvent(event);
  return true;
}

/** Splunk's search results in one document: `{"results": [{"_raw": ...}, ...]}`. */
function fromResults(bytes: Buffer, onEvent: (event: Buffer) => void): boolean {
  const rows = parsed(bytes);
  if (!Array.isArray(rows)) return false;
  return onRaw(
    rows.map((row: unknown) => {
      const fields = isObject(row) ? row : {};
      return fields[RAW_NAMES.find((name) => typeof fields[name] === 'string') ?? ''];
    }),
    onEvent,
  );
}

/** Log Analytics' query answer: `{"tables": [{"columns": [{"name": ...}], "rows": [[...]]}]}`. */
function fromTables(bytes: Buffer, onEvent: (event: Buffer) => void): boolean {
  const tables = parsed(bytes);
  if (!Array.isArray(tables)) return false;
  return onRaw(
    tables.filter(isObject).flatMap(({ columns, rows }) => {
      if (!Array.isArray(columns) || !Array.isArray(rows)) return [];
      const index = columns.findIndex(
        (column: unknown) => isObject(column) && RAW_NAMES.includes(String(column['name'])),
      );
      return rows.map((row: unknown) => (Array.isArray(row) ? (row[index] as unknown) : undefined));
    }),
    onEvent,
  );
}

function onRaw(texts: readonly unknown[], onEvent: (event: Buffer) => void): boolean {
  let found = false;
  for (const text of texts) {
    if (typeof text !== 'string' || !text.startsWith('{')) continue;
    onEvent(Buffer.from(text));
    found = true;
  }
  return found;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // Counted by the caller as an item without an event.
    return undefined;
  }
}

/** Without the blanks that surround a line; those inside are bytes of the event. */
function trimmed(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] ?? 0) <= 0x20) end -= 1;
  let start = 0;
  while (start < end && (bytes[start] ?? 0) <= 0x20) start += 1;
  return bytes.subarray(start, end);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
