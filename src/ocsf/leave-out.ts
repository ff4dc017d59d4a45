import type { JsonObject, JsonValue } from '../json.ts';
import type { OcsfEvent } from './ocsf-event.ts';
import { truncationOf, truncationsOf, withTruncations } from './truncation.ts';

/**
 * Parts that no schema requires, in the order in which they are given up when cutting texts is not enough: what can be
 * looked up in the record first, what an analyst searches by last. `observables` go before what they point at.
 */
const PARTS: readonly (readonly string[])[] = [
  ['unmapped', 'aegis', 'unknown'],
  ['unmapped', 'aegis', 'original_aegis'],
  ['finding', 'supporting_data'],
  ['finding_info', 'related_analytics'],
  ['unmapped', 'aegis', 'constraints'],
  ['authorizations'],
  ['enrichments'],
  ['observables'],
  ['evidences'],
  ['unmapped', 'aegis', 'rewrites'],
  ['unmapped', 'aegis', 'constraint_ids'],
  ['resources'],
  ['unmapped', 'aegis', 'signature'],
  ['unmapped', 'aegis', 'delegation'],
];

/** Paths of the parts that this event could do without, least needed first: before all else what others put in `unmapped`. */
export function partsToLeaveOut(event: OcsfEvent): readonly (readonly string[])[] {
  const others = Object.keys((event['unmapped'] ?? {}) as JsonObject).filter((key) => key !== 'aegis');
  return [...others.map((key) => ['unmapped', key]), ...PARTS];
}

/**
 * The event without that part; the same event if it has none. The part is listed with the length and hash of the JSON text
 * that it has in `original`, in place of the cuts made inside of it since.
 */
export function leaveOut(event: OcsfEvent, path: readonly string[], original: OcsfEvent): OcsfEvent {
  const part = valueAt(original as JsonObject, path);
  if (part === undefined) return event;
  const name = path.join('.');
  const before = new Set(truncationsOf(original).map((cut) => cut.path));
  const others = truncationsOf(event).filter((cut) => before.has(cut.path) || !isWithin(cut.path, name));
  return withTruncations(without(event as JsonObject, path), [
    ...others,
    truncationOf(name, JSON.stringify(part)),
  ]);
}

function isWithin(path: string, part: string): boolean {
  return path === part || path.startsWith(`${part}.`) || path.startsWith(`${part}[`);
}

function valueAt(object: JsonObject, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}

function without(object: JsonObject, [name, ...rest]: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => {
      if (key !== name) return [[key, value]];
      return rest.length === 0 ? [] : [[key, without(value as JsonObject, rest)]];
    }),
  );
}
