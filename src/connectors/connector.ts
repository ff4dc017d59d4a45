import type { WireEvent } from '../ocsf/ocsf-event.ts';
import type { Outcome } from './outcome.ts';

export type DestinationType = 'splunk_hec' | 'sentinel_logs_ingestion' | 'sentinel_data_collector';

/** Opened credentials of one destination, by field name. The caller opens them just before a send (S12). */
export type Credentials = Readonly<Record<string, string>>;

/** An event as its connector puts it into a body. Made once, when its batch is formed. */
export interface EncodedEvent {
  /** What stands in the body, one after another: to join them first would cost more than to write each. */
  readonly pieces: readonly string[];
  /** Length of the pieces in UTF-8. */
  readonly bytes: number;
}

/** The pieces of an encoded event in UTF-8: what is kept of it until it is sent. */
export type EventBytes = Uint8Array;

/** What one request may hold. Batches are formed within these; `send` answers `too_big` beyond the remote's own limit. */
export interface ConnectorLimits {
  readonly maxEvents: number;
  /** Body before gzip. */
  readonly maxBodyBytes: number;
  /** What stands between two events. */
  readonly perEventOverheadBytes: number;
  /** Most bytes of an encoded event; above it the renderer cuts the event (`unmapped.aegis.truncated`). */
  readonly maxEventSize: number;
}

/**
 * A sender for one destination: a list of encoded OCSF events in, an outcome out. It keeps no copy of the credentials or the
 * events, never retries by itself (but for one refresh of a token or reused socket) and never rejects.
 */
export interface Connector {
  readonly type: DestinationType;
  /** Where its events go: two connectors with the same one meet the same limits of the remote. */
  readonly address: string;
  readonly limits: ConnectorLimits;
  /** Pure: the same event and settings give the same pieces. */
  encode(event: WireEvent): EncodedEvent;
  /** `events` is never empty, and of this connector's own encoding. */
  send(events: readonly EventBytes[], credentials: Credentials, signal: AbortSignal): Promise<Outcome>;
  /** Asks which of the accepted batches are safe (indexer acknowledgement). Only where `send` answers `accepted`. */
  confirm?(ackIds: readonly number[], credentials: Credentials, signal: AbortSignal): Promise<ConfirmResult>;
  close(): Promise<void>;
}

/** Stands in a preview where a request has a secret. */
export const HIDDEN = '[hidden]';

/** The request that a connector would make, to be looked at by people: without secrets. */
export interface RequestPreview {
  readonly method: 'POST';
  readonly url: URL;
  /** What is secret, or another for each request, is a word in brackets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Before gzip. */
  readonly body: Uint8Array;
}

/** A connector that can say what it would send. Delivery has no need of it. */
export interface PreviewingConnector extends Connector {
  /** What `send` would post first, made by the same code. Sends nothing and needs no credentials. */
  preview(events: readonly EventBytes[]): RequestPreview;
}

export interface ConfirmResult {
  readonly confirmed: readonly number[];
  /** Set when the question itself failed: none of the ids is known to be lost. */
  readonly failure?: Outcome;
}
