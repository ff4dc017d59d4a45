import type { JsonValue } from '../json.ts';
import type { OcsfEvent } from './ocsf-event.ts';

type Loose = Readonly<Record<string, unknown>>;

/** An object without the fields that are undefined, null or an empty text: OCSF has no place for "present but nothing". */
export function present(fields: Loose): Record<string, JsonValue> {
  const kept: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null && value !== '') kept[name] = value as JsonValue;
  }
  return kept;
}

/** The same for a whole event. */
export function presentEvent(fields: Loose): OcsfEvent {
  return present(fields);
}

/** An empty object or list counts as nothing. */
export function filled<Value extends object>(value: Value | undefined): Value | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value;
}
