import type { JsonObject } from '../json.ts';
import { present } from './attributes.ts';
import type { OcsfEvent, StreamPlace } from './ocsf-event.ts';

/**
 * Gives an event its place in a destination's stream: `metadata.sequence` and `unmapped.aegis.stream`. The mapper knows no
 * numbers; this is the one step that does. A test event has no number.
 */
export function stamp(event: OcsfEvent, place: StreamPlace): OcsfEvent {
  const metadata = event['metadata'] as JsonObject;
  const unmapped = (event['unmapped'] ?? {}) as JsonObject;
  const aegis = (unmapped['aegis'] ?? {}) as JsonObject;
  const stream = present({
    id: place.streamId,
    epoch: place.epoch,
    seq: place.seq,
    kind: place.kind,
    replayed: place.replayed === true ? true : undefined,
  });
  return {
    ...event,
    metadata: place.seq === undefined ? metadata : { ...metadata, sequence: place.seq },
    unmapped: { ...unmapped, aegis: { stream, ...aegis } },
  };
}
