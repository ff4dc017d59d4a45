import type { Connector, EncodedEvent, EventBytes } from '../connectors/connector.ts';
import { eventBytes } from '../connectors/encode-events.ts';
import type { JsonObject } from '../json.ts';
import type { WireEvent } from '../ocsf/ocsf-event.ts';

/** An event as its batch holds it until it is sent: its bytes, and what a tombstone in its place tells of it. */
export interface ReadyEvent {
  readonly bytes: EventBytes;
  readonly metadataUid: string | undefined;
  readonly timeMs: number | undefined;
}

/** An event that its connector has encoded, before its bytes are made. */
export interface EncodedPlace {
  readonly encoded: EncodedEvent;
  readonly metadataUid: string | undefined;
  readonly timeMs: number | undefined;
}

export function encodePlace(event: WireEvent, connector: Pick<Connector, 'encode'>): EncodedPlace {
  const { metadata, time } = event.event;
  const { uid } = isObject(metadata) ? metadata : {};
  return {
    encoded: connector.encode(event),
    metadataUid: typeof uid === 'string' ? uid : undefined,
    timeMs: typeof time === 'number' ? time : undefined,
  };
}

/** The events of a batch, ready to send. `memory`: where their bytes are put. */
export function readyEvents(places: readonly EncodedPlace[], memory?: Buffer): ReadyEvent[] {
  const bytes = eventBytes(
    places.map((place) => place.encoded),
    memory,
  );
  return places.map(({ metadataUid, timeMs }, index) => ({
    bytes: bytes[index] ?? new Uint8Array(),
    metadataUid,
    timeMs,
  }));
}

/** Bytes of a body as the destination counts them, what stands between two events included. */
export function sizeOf(events: readonly ReadyEvent[], { limits }: Pick<Connector, 'limits'>): number {
  return events.reduce((sum, { bytes }) => sum + bytes.byteLength + limits.perEventOverheadBytes, 0);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
