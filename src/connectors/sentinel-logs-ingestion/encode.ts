import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import type { EncodedEvent, EventBytes } from '../connector.ts';
import { joinRows } from '../sentinel/join-rows.ts';
import { toLogsIngestionRow } from './row.ts';

/**
 * The service counts one call as 1 MB "both compressed and uncompressed". Staying below a million bytes before gzip keeps
 * every reading of that. https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview
 */
export const MAX_BODY_BYTES = 999_999;
/** The commas; the brackets are taken off the body's limit. */
export const PER_EVENT_OVERHEAD_BYTES = 1;
/**
 * A field over 64 KB is cut by the service without an error. A row within this holds no such field, however the service
 * counts it.
 */
export const MAX_ROW_BYTES = 64_000;

/** An event's row, JSON escapes of `RawEvent` included. */
export function encodeEvent(event: WireEvent): EncodedEvent {
  const row = JSON.stringify(toLogsIngestionRow(event));
  return { pieces: [row], bytes: Buffer.byteLength(row) };
}

/** The body before gzip: always an array. Undefined when it is over `MAX_BODY_BYTES`. */
export function encodeBody(events: readonly EventBytes[]): Buffer | undefined {
  return joinRows(events, MAX_BODY_BYTES);
}
