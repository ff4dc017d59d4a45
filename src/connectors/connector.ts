import type { WireEvent } from '../ocsf/ocsf-event.ts';
import type { Outcome } from './outcome.ts';

export type DestinationType = 'splunk_hec' | 'sentinel_logs_ingestion' | 'sentinel_data_collector';

/** Opened credentials of one destination, by field name. The caller opens them just before a send (S12). */
export type Credentials = Readonly<Record<string, string>>;

/** What one request may hold. Batches are formed within these; `send` answers `too_big` beyond the remote's own limit. */
export interface ConnectorLimits {
  readonly maxEvents: number;
  /** Body before gzip. */
  readonly maxBodyBytes: number;
  /** Bytes that the encoding adds to each event's text (an upper bound). */
  readonly perEventOverheadBytes: number;
  /** Largest event text, measured by `eventSize`; above it the renderer cuts the event (`unmapped.aegis.truncated`). */
  readonly maxEventSize: number;
}

/**
 * A sender for one destination: a list of OCSF events in, an outcome out. It keeps no copy of the credentials or the
 * events, never retries by itself (but for one refresh of a token or reused socket) and never rejects.
 */
export interface Connector {
  readonly type: DestinationType;
  readonly limits: ConnectorLimits;
  /** Size of an event's text as the destination counts it (Sentinel counts after JSON escaping). */
  eventSize(event: WireEvent): number;
  /** `events` is never empty. */
  send(events: readonly WireEvent[], credentials: Credentials, signal: AbortSignal): Promise<Outcome>;
  /** Asks which of the accepted batches are safe (indexer acknowledgement). Only where `send` answers `accepted`. */
  confirm?(ackIds: readonly number[], credentials: Credentials, signal: AbortSignal): Promise<ConfirmResult>;
  close(): Promise<void>;
}

export interface ConfirmResult {
  readonly confirmed: readonly number[];
  /** Set when the question itself failed: none of the ids is known to be lost. */
  readonly failure?: Outcome;
}
