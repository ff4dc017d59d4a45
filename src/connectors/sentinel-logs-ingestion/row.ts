import type { JsonObject } from '../../json.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import { rowOf } from '../sentinel/row.ts';

/**
 * An event as a row of the stream `Custom-AegisOcsf`: the declared columns and nothing else. `RawEvent` is the event's exact
 * text, so that its hash can be computed again from the table.
 */
export function toLogsIngestionRow(event: WireEvent): JsonObject {
  return rowOf(event);
}
