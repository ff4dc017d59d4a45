import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import type { EncodedEvent, EventBytes } from '../connector.ts';
import { joinRows } from '../sentinel/join-rows.ts';
import { toDataCollectorRow } from './row.ts';

/** Users saw posts cut a little below the documented 30 MB of 2^20 bytes. */
export const MAX_POST_BYTES = 30_000_000;
/** What batches are formed to. There is no gzip at this API: a post that fails is sent again in full. */
export const MAX_BODY_BYTES = 4_000_000;
export const PER_EVENT_OVERHEAD_BYTES = 1;
/** A field over 32 KB is cut, and a JSON text so cut is none. A row within this holds no such field. */
export const MAX_ROW_BYTES = 32_000;

/** An event's row, JSON escapes of `RawEvent` included. */
export function encodeEvent(event: WireEvent): EncodedEvent {
  const row = JSON.stringify(toDataCollectorRow(event));
  return { pieces: [row], bytes: Buffer.byteLength(row) };
}

/** The body: always an array. Undefined when it is over `MAX_POST_BYTES`. */
export function encodeBody(events: readonly EventBytes[]): Buffer | undefined {
  return joinRows(events, MAX_POST_BYTES);
}
