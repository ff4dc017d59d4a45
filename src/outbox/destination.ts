import type { DestinationType } from '../connectors/connector.ts';
import type { JsonObject } from '../json.ts';
import type { OcsfSettings } from '../ocsf/ocsf-event.ts';

/** Set by people. Active and paused destinations get rows; disabled and deleted ones do not. */
export type DestinationState = 'active' | 'paused' | 'disabled' | 'deleted';

/** Set by the lane. */
export type HealthState = 'healthy' | 'throttled' | 'failing' | 'held';

export interface Health {
  readonly state: HealthState;
  /** Stable word (an outcome's reason or code); absent when healthy. */
  readonly reason?: string;
  /** What is wrong and who must change what. */
  readonly message?: string;
  readonly sinceMs: number;
  readonly nextTryMs?: number;
}

/** Kinds of records a destination takes. */
export type RecordSource = 'attestations' | 'admin' | 'external';

/** More requests than these are never in flight for one destination, whatever its settings: what a dead owner may have left behind. */
export const MAX_IN_FLIGHT = 32;

/** Batch settings of a destination; absent fields take the connector's limits. */
export interface BatchSettings {
  readonly maxEvents?: number;
  readonly maxBytes?: number;
  /** Requests in flight at once, at most `MAX_IN_FLIGHT`. */
  readonly maxInFlight?: number;
}

/**
 * What the operator allows to wait for a destination. Nothing is set by default: events are held, never dropped. What is beyond
 * a limit is not sent as itself any more: its place in the stream is filled by a tombstone, and it becomes a dead letter.
 */
export interface BacklogLimits {
  /** Since the record was recorded. */
  readonly maxAgeMs?: number;
  readonly maxRows?: number;
  /** Of the records' bodies. */
  readonly maxBytes?: number;
}

/** What is known of a destination's credentials besides themselves. No secret. */
export interface CredentialNotes {
  /** When they end, as a person said. */
  readonly expiresAtMs?: number;
  /** Those that take their place once they have delivered; until then they stand beside them. */
  readonly next?: NextCredentialNotes;
}

export interface NextCredentialNotes {
  readonly setAtMs: number;
  readonly expiresAtMs?: number;
  /** The destination took an event with the old credentials after it had refused it with these. */
  readonly refused?: { readonly atMs: number; readonly code: string; readonly message: string };
}

/** A destination as stored. `sealed` holds the sealed credentials by field; nothing here is opened. */
export interface Destination {
  /** Small internal number, never reused. */
  readonly destinationNo: number;
  /** Public UUID. */
  readonly destinationId: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly type: DestinationType;
  readonly state: DestinationState;
  readonly health: Health;
  readonly config: JsonObject;
  readonly sealed: Readonly<Record<string, string>>;
  /** First 12 hex digits of HMAC-SHA256 over each credential, to recognise it by. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Absent: nothing is known. */
  readonly credentialNotes?: CredentialNotes;
  readonly ocsf: OcsfSettings;
  readonly batch: BatchSettings;
  /** Absent: none. */
  readonly limits?: BacklogLimits;
  readonly sources: readonly RecordSource[];
  readonly activeSinceMs: number;
  /** Grows with each change of settings (not of health): optimistic concurrency, and the version a batch was formed under. */
  readonly rowVersion: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
