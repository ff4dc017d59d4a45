import type { Connector, EncodedEvent } from '../connectors/connector.ts';
import type { JsonObject } from '../json.ts';
import type { WireEvent } from '../ocsf/ocsf-event.ts';

/**
 * An event as its batch holds it until it is sent. The event itself is let go: thousands of them, kept until a destination
 * answers, were most of the garbage collector's work.
 */
export interface ReadyEvent {
  readonly encoded: EncodedEvent;
  /** What a tombstone in its place tells of it. */
  readonly metadataUid: string | undefined;
  readonly timeMs: number | undefined;
}

export function readyEvent(event: WireEvent, connector: Pick<Connector, 'encode'>): ReadyEvent {
  const { metadata, time } = event.event;
  const { uid } = isObject(metadata) ? metadata : {};
  return {
    encoded: connector.encode(event),
    metadataUid: typeof uid === 'string' ? uid : undefined,
    timeMs: typeof time === 'number' ? time : undefined,
  };
}

/** Bytes of a body as the destination counts them, what stands between two events included. */
export function sizeOf(events: readonly ReadyEvent[], { limits }: Pick<Connector, 'limits'>): number {
  return events.reduce((sum, { encoded }) => sum + encoded.bytes + limits.perEventOverheadBytes, 0);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
