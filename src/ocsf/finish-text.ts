import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../json.ts';
import type { OcsfEvent } from './ocsf-event.ts';
import { INVISIBLE_CHARACTERS, visibleText } from './visible-text.ts';

/** A cut that was made, kept at `unmapped.aegis.truncated`: where, how long the text was, and its SHA-256. */
export interface Truncation {
  readonly path: string;
  /** Length of the original in UTF-16 units. */
  readonly chars: number;
  readonly sha256: string;
}

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
 */
export function isPlainRecord(text: string): boolean {
  return text.length <= SHORT_RECORD_CHARS && !NEEDS_FINISHING.test(text);
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

function finishObject(
  value: JsonObject,
  path: string,
  maxChars: number,
  truncated: Truncation[],
): JsonObject {
  let changed = false;
  const entries: [string, JsonValue][] = [];
  for (const [key, item] of Object.entries(value)) {
    const name = visibleText(key);
    const finished =
      typeof item === 'number' || typeof item === 'boolean'
        ? item
        : finishValue(item, path === '' ? name : `${path}.${name}`, maxChars, truncated);
    if (name !== key || finished !== item) changed = true;
    entries.push([name, finished]);
  }
  return changed ? fromEntries(entries) : value;
}

/** `Object.fromEntries` defines properties, so a key `__proto__` stays an ordinary key. */
function fromEntries(entries: readonly (readonly [string, JsonValue])[]): JsonObject {
  return Object.fromEntries(entries);
}

export function truncationOf(path: string, original: string): Truncation {
  return { path, chars: original.length, sha256: createHash('sha256').update(original).digest('hex') };
}

/** Cuts on a character boundary: never between the halves of a surrogate pair. */
export function cutText(text: string, maxChars: number): string {
  const cut = text.slice(0, maxChars);
  const last = cut.charCodeAt(cut.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut;
}

/** Adds cuts to those that the event lists already. */
export function withTruncations(event: OcsfEvent, truncations: readonly Truncation[]): OcsfEvent {
  const unmapped = (event['unmapped'] ?? {}) as JsonObject;
  const aegis = (unmapped['aegis'] ?? {}) as JsonObject;
  const before = (aegis['truncated'] ?? []) as readonly JsonValue[];
  const truncated: JsonValue[] = [...before, ...truncations.map((item) => ({ ...item }))];
  return { ...event, unmapped: { ...unmapped, aegis: { ...aegis, truncated } } };
}
