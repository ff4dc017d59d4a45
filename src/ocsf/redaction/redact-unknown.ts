import type { JsonObject, JsonValue } from '../../json.ts';

/** How the texts of a value are changed. Numbers and switches are given as the text that they have in JSON. */
export interface UnknownChange {
  readonly value: (text: string) => string;
  readonly key: (text: string) => string;
}

/**
 * A value whose form nobody promised, with its texts and keys changed. A number or switch becomes a text only where the
 * change finds something in it. Copies from the first change on.
 */
export function redactUnknown(value: JsonValue, change: UnknownChange): JsonValue {
  if (typeof value === 'string') return value === '' ? value : change.value(value);
  if (typeof value === 'number' || typeof value === 'boolean') {
    const text = String(value);
    const changed = change.value(text);
    return changed === text ? value : changed;
  }
  if (value === null) return value;
  return Array.isArray(value)
    ? value.map((item: JsonValue) => redactUnknown(item, change))
    : redactMembers(value as JsonObject, change);
}

/**
 * Two keys that became alike are told apart by a number. Each name goes on where it stopped: thousands that become alike would
 * else be counted from 2 on for each of them. `Object.fromEntries` keeps a key `__proto__` an ordinary key.
 */
function redactMembers(object: JsonObject, change: UnknownChange): JsonObject {
  const members = new Map<string, JsonValue>();
  const nextNo = new Map<string, number>();
  for (const [key, value] of Object.entries(object)) {
    const changed = change.key(key);
    let name = changed;
    let no = nextNo.get(changed) ?? 2;
    for (; members.has(name) || (name !== key && Object.hasOwn(object, name)); no += 1)
      name = `${changed} ${no}`;
    nextNo.set(changed, no);
    members.set(name, redactUnknown(value, change));
  }
  return Object.fromEntries(members);
}
