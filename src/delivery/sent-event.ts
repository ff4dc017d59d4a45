import type { WireEvent } from '../ocsf/ocsf-event.ts';
import type { Tombstone } from '../outbox/batch.ts';
import type { OpenRow } from '../outbox/delivery-store.ts';
import { placeAt, type Rendering } from './rendering.ts';

/**
 * The event that a lane puts at this number, as it goes into the hash: before the connector wraps it. Undefined where the record
 * gives none. The same steps as when a batch is formed, so that the same settings give the same bytes.
 */
export function sentEvent(
  row: Pick<OpenRow, 'source' | 'body' | 'recordId' | 'replayed'>,
  seq: number,
  { renderer, ocsf, stream, connector }: Rendering,
): WireEvent | undefined {
  const rendered = renderer.renderRecord(row, ocsf);
  if (!rendered.ok) return undefined;
  const event = renderer.stamp(rendered.event, placeAt(stream, seq, 'event', row.replayed), ocsf);
  const { maxEventSize } = connector.limits;
  if (connector.encode(event).bytes <= maxEventSize) return event;
  return renderer.cutToFit(event, maxEventSize, (candidate) => connector.encode(candidate).bytes);
}

/** What stands at this number instead of the event. */
export function sentTombstone(tombstone: Tombstone, seq: number, rendering: Rendering): WireEvent {
  const place = placeAt(rendering.stream, seq, 'tombstone', false);
  return rendering.renderer.tombstone(tombstone, place, rendering.workspaceId, rendering.ocsf);
}
