import type { JsonObject, JsonValue } from '../json.ts';
import type { OcsfEvent } from './ocsf-event.ts';
import { type Truncation, truncationOf, withTruncations } from './truncation.ts';
import { INVISIBLE_CHARACTERS, visibleText } from './visible-text.ts';

/**
 * The last step of every mapping: all texts and keys are made visible, and texts over the schema's length are cut on a
 * character boundary and listed. Returns the same objects where nothing had to change.
 */
export function finishText(event: OcsfEvent, maxChars: number): OcsfEvent {
  const truncated: Truncation[] = [];
  const finished = finishValue(event as JsonObject, '', maxChars, truncated) as OcsfEvent;
  return truncated.length === 0 ? finished : withTruncations(finished, truncated);
}

/** Records up to this length give no text over the schema's limit: an event's longest text joins those of its record. */
const SHORT_RECORD_CHARS = 16_384;
const NEEDS_FINISHING = new RegExp(String.raw`\\|` + INVISIBLE_CHARACTERS, 'u');

/**
 * Whether an event made from this record's JSON text has nothing to finish: a short text without escapes and without
 * characters that must be made visible. One look at the text, in place of a walk through every attribute of the event.
 * `addedChars`: by how much at most the texts of the record grew since.
 */
export function isPlainRecord(text: string, addedChars = 0): boolean {
  return text.length + addedChars <= SHORT_RECORD_CHARS && !NEEDS_FINISHING.test(text);
}

function finishValue(value: JsonValue, path: string, maxChars: number, truncated: Truncation[]): JsonValue {
  if (typeof value === 'string') return finishString(value, path, maxChars, truncated);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return finishArray(value, path, maxChars, truncated);
  return finishObject(value as JsonObject, path, maxChars, truncated);
}

function finishString(value: string, path: string, maxChars: number, truncated: Truncation[]): string {
  const visible = visibleText(value);
  if (visible.length <= maxChars) return visible;
  truncated.push(truncationOf(path, value));
  return cutText(visible, maxChars);
}

function finishArray(
  value: readonly JsonValue[],
  path: string,
  maxChars: number,
  truncated: Truncation[],
): readonly JsonValue[] {
  let copy: JsonValue[] | undefined;
  for (const [index, item] of value.entries()) {
    if (typeof item === 'number' || typeof item === 'boolean') continue;
    const finished = finishValue(item, `${path}[${index}]`, maxChars, truncated);
    if (finished === item) continue;
    copy ??= [...value];
    copy[index] = finished;
  }
  return copy ?? value;
}

/** Copies from the first change on. `Object.fromEntries` defines properties, so a key `__proto__` stays an ordinary key. */
function finishObject(
  value: JsonObject,
  path: string,
  maxChars: number,
  truncated: Truncation[],
): JsonObject {
  let copy: [string, JsonValue][] | undefined;
  for (const [index, key] of Object.keys(value).entries()) {
    const item = value[key];
    if (item === undefined) {
      // Not given: it is left out, as it is in the text.
      copy ??= Object.entries(value).slice(0, index);
      continue;
    }
    const name = visibleText(key);
    const finished =
      typeof item === 'number' || typeof item === 'boolean'
        ? item
        : finishValue(item, path === '' ? name : `${path}.${name}`, maxChars, truncated);
    if (name !== key || finished !== item) copy ??= Object.entries(value).slice(0, index);
    copy?.push([name, finished]);
  }
  return copy === undefined ? value : Object.fromEntries(copy);
}

/** The longest escape, `\u{10ffff}`. */
const MAX_ESCAPE_CHARS = 10;

/**
 * The first part of a visible text, at most `maxChars` long. The cut is on a character boundary: never between the halves
 * of a surrogate pair, nor inside of an escape.
 */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  let end = maxChars;
  const escape = text.lastIndexOf('\\u{', end - 1);
  if (escape > end - MAX_ESCAPE_CHARS && escape !== -1 && text.indexOf('}', escape) >= end) end = escape;
  const last = text.charCodeAt(end - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end);
}
