import type { EncodedEvent, EventBytes } from '../../src/connectors/connector.ts';
import type { OcsfEvent, WireEvent } from '../../src/ocsf/ocsf-event.ts';

/** The encoding of a fake connector: the event's text as it is. */
export function plainEncoding({ text, bytes }: WireEvent): EncodedEvent {
  return { pieces: [text], bytes };
}

/** The events that `plainEncoding` encoded. */
export function eventsOf(encoded: readonly EventBytes[]): WireEvent[] {
  return encoded.map((bytes) => {
    const text = Buffer.from(bytes).toString();
    return { event: JSON.parse(text) as OcsfEvent, text, bytes: bytes.byteLength };
  });
}
