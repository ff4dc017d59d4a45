import type { JsonObject, JsonValue } from '../../json.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import { type Column, COLUMNS } from './columns.ts';
import { rowSource } from './event-fields.ts';

/** A row with the declared columns that the event has a value for, and no others. */
export function rowOf(event: WireEvent, columns: readonly Column[] = COLUMNS): JsonObject {
  const source = rowSource(event);
  const row: Record<string, JsonValue> = {};
  for (const { name, read } of columns) {
    const value = read(source);
    if (value !== undefined) row[name] = value;
  }
  return row;
}
