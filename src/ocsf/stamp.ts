import type { JsonObject } from '../json.ts';
import type { OcsfEvent, StreamPlace } from './ocsf-event.ts';

/**
 * Gives an event its place in a destination's stream: `metadata.sequence` and `unmapped.aegis.stream`. The mapper knows no
 * numbers; this is the one step that does. A test event has no number.
 */
export function stamp(event: OcsfEvent, place: StreamPlace): OcsfEvent {
  const metadata = event['metadata'] as JsonObject;
  const unmapped = (event['unmapped'] ?? {}) as JsonObject;
  const aegis = (unmapped['aegis'] ?? {}) as JsonObject;
  const { streamId: id, epoch, seq, kind, replayed } = place;
  const stream: JsonObject = {
    id,
    epoch,
    ...(seq === undefined ? {} : { seq }),
    kind,
    ...(replayed === true ? { replayed } : {}),
  };
  return {
    ...event,
    metadata: seq === undefined ? metadata : { ...metadata, sequence: seq },
    // Where the mapping left a place for it the copy keeps its shape, which makes it several times faster.
    unmapped: {
      ...unmapped,
      aegis: Object.hasOwn(aegis, 'stream') ? { ...aegis, stream } : { stream, ...aegis },
    },
  };
}
