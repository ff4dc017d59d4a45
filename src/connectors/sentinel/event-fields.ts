import type { JsonObject, JsonValue } from '../../json.ts';
import type { OcsfEvent, WireEvent } from '../../ocsf/ocsf-event.ts';

/** Most bytes of a list in a row of its own; RawEvent has all of it. A list cut by the service is no JSON any more. */
export const MAX_LIST_BYTES = 4_096;
/** Most characters of a text column beside RawEvent, which has all of it. */
export const MAX_TEXT_CHARS = 2_048;

/** What the columns of a row are read from. */
export interface RowSource {
  readonly event: OcsfEvent;
  /** The exact text of the event. */
  readonly text: string;
  /** `unmapped.aegis`, empty where the event has none. */
  readonly aegis: JsonObject;
  /** `unmapped.aegis.stream`, empty where the event has none. */
  readonly stream: JsonObject;
}

const EMPTY: JsonObject = Object.freeze({});

export function rowSource({ event, text }: WireEvent): RowSource {
  const aegis = objectOr(objectOr(event['unmapped'])['aegis']);
  return { event, text, aegis, stream: objectOr(aegis['stream']) };
}

/** A text at a path of own keys, cut to `MAX_TEXT_CHARS`; undefined where there is none. */
export function textAt(from: JsonObject | OcsfEvent, ...path: readonly string[]): string | undefined {
  const value = valueAt(from, path);
  return typeof value === 'string' ? cutText(value, MAX_TEXT_CHARS) : undefined;
}

export function integerAt(from: JsonObject | OcsfEvent, ...path: readonly string[]): number | undefined {
  const value = valueAt(from, path);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** An integer that a column of type int holds: 32 bits. */
export function int32At(from: JsonObject | OcsfEvent, ...path: readonly string[]): number | undefined {
  const value = integerAt(from, ...path);
  return value !== undefined && value === (value | 0) ? value : undefined;
}

export function booleanAt(from: JsonObject | OcsfEvent, ...path: readonly string[]): boolean | undefined {
  const value = valueAt(from, path);
  return typeof value === 'boolean' ? value : undefined;
}

/** The texts of a list, as many as fit into `MAX_LIST_BYTES`. */
export function textListAt(from: JsonObject | OcsfEvent, ...path: readonly string[]): string[] | undefined {
  return fittingTexts(valueAt(from, path));
}

/** Where the classes hold the constraints: 2001, 2004, 6003. */
const CONSTRAINTS: readonly (readonly string[])[] = [
  ['finding', 'supporting_data', 'constraints'],
  ['evidences', '0', 'data', 'constraints'],
  ['unmapped', 'aegis', 'constraints'],
];

/** The reason of each constraint. */
export function reasonsOf(event: OcsfEvent): string[] | undefined {
  const constraints = CONSTRAINTS.map((path) => valueAt(event, path)).find((list) => Array.isArray(list));
  if (!Array.isArray(constraints)) return undefined;
  return fittingTexts(constraints.map((constraint: JsonValue) => objectOr(constraint)['reason']));
}

/** Name of the first entry of `resources` that has this type. */
export function firstResourceName(event: OcsfEvent, type: string): string | undefined {
  const resources = event['resources'];
  if (!Array.isArray(resources)) return undefined;
  for (const entry of resources) {
    const resource = objectOr(entry as JsonValue);
    if (resource['type'] === type) return textAt(resource, 'name');
  }
  return undefined;
}

/** Cuts between characters, never inside a surrogate pair. */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHighSurrogate ? maxChars - 1 : maxChars);
}

function fittingTexts(
  list: JsonValue | readonly (JsonValue | undefined)[] | undefined,
): string[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const texts: string[] = [];
  let bytes = 2;
  for (const value of list as readonly (JsonValue | undefined)[]) {
    if (typeof value !== 'string') continue;
    const text = cutText(value, MAX_TEXT_CHARS);
    bytes += Buffer.byteLength(JSON.stringify(text)) + 1;
    if (bytes > MAX_LIST_BYTES) break;
    texts.push(text);
  }
  return texts.length === 0 ? undefined : texts;
}

function valueAt(from: JsonObject | OcsfEvent, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = from as JsonObject;
  for (const key of path) {
    // Keys of events made by others may be anything: only own ones are looked at.
    const parent: JsonObject = Array.isArray(value) ? (value as unknown as JsonObject) : objectOr(value);
    if (!Object.hasOwn(parent, key)) return undefined;
    value = parent[key];
  }
  return value;
}

function objectOr(value: JsonValue | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return EMPTY;
  return value as JsonObject;
}
