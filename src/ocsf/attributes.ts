import type { JsonValue } from '../json.ts';

type Loose = Readonly<Record<string, unknown>>;

/** An object without the fields that are undefined, null or an empty text: OCSF has no place for "present but nothing". */
export function present(fields: Loose): Record<string, JsonValue> {
  const kept: Record<string, JsonValue> = {};
  // Not Object.entries: this runs a dozen times an event, and the pairs would be garbage.
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined && value !== null && value !== '') kept[name] = value as JsonValue;
  }
  return kept;
}

/** An empty object or list counts as nothing. */
export function filled<Value extends object>(value: Value | undefined): Value | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value;
}
