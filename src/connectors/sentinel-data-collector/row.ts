import type { JsonObject, JsonValue } from '../../json.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import { COLUMNS } from '../sentinel/columns.ts';
import { rowOf } from '../sentinel/row.ts';

/** The property that the service takes TimeGenerated from, by the header `time-generated-field`. */
export const TIME_FIELD = 'EventTime';

/** TimeGenerated is reserved at this API. */
const DATA_COLLECTOR_COLUMNS = Object.freeze(COLUMNS.filter(({ name }) => name !== 'TimeGenerated'));

/**
 * An event as a flat row. Nested values would become one column a leaf, so that lists go as JSON text and everything else
 * stays in `RawEvent`. The service adds a suffix to each name for its type, and gives a text that looks like a GUID dashes and
 * the suffix `_g`: the exact text of an id is in `RawEvent`.
 */
export function toDataCollectorRow(event: WireEvent): JsonObject {
  return Object.fromEntries(
    Object.entries(rowOf(event, DATA_COLLECTOR_COLUMNS)).map(([name, value]) => [name, flat(value)]),
  );
}

function flat(value: JsonValue): JsonValue {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
