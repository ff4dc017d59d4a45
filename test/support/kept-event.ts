import type { EncodedEvent } from '../../src/connectors/connector.ts';
import type { WireEvent } from '../../src/ocsf/ocsf-event.ts';

/** The encoding of a fake connector: the event's text, and the event itself for what the fake wants to know of it. */
export function keepEvent(event: WireEvent): EncodedEvent & WireEvent {
  return { ...event, pieces: [event.text] };
}

/** The events that `keepEvent` encoded. */
export function eventsOf(encoded: readonly EncodedEvent[]): readonly WireEvent[] {
  return encoded as readonly (EncodedEvent & WireEvent)[];
}
