import type { JsonValue } from '../json.ts';
import type { EventFilter } from './event-filter.ts';
import type { OcsfVersion } from './ocsf-versions.ts';
import type { RedactionRule } from './redaction/redaction-rule.ts';
import type { Redactor } from './redaction/redactor.ts';

/** An OCSF event as a plain object. Key order is the order on the wire: identity first (see docs/decisions). */
export interface OcsfEvent {
  [attribute: string]: JsonValue | undefined;
}

/** The classes that attestations are mapped to: Security Finding, Detection Finding, API Activity. */
export const OCSF_CLASS_UIDS = [2001, 2004, 6003] as const;

export type OcsfClassUid = (typeof OCSF_CLASS_UIDS)[number];

/** How a destination wants its events: class and schema version, which it wants at all, and what it must not see. */
export interface OcsfSettings {
  readonly classUid: OcsfClassUid;
  readonly version: OcsfVersion;
  /** Absent: all. */
  readonly filter?: EventFilter;
  /** Absent: nothing is redacted. Never an empty list. */
  readonly redaction?: readonly RedactionRule[];
  /** Holds each event against its schema before it is sent. */
  readonly validate?: true;
  /** From 1.9.0: each event carries the fingerprint of itself (profile record_integrity). */
  readonly recordIntegrity?: true;
}

/** Settings with the redactor that carries out their rules: without it nothing is rendered under them. */
export interface RenderSettings extends OcsfSettings {
  readonly redactor?: Redactor;
}

export const DEFAULT_OCSF_SETTINGS: OcsfSettings = Object.freeze({ classUid: 2001, version: '1.1.0' });

/** What stands at a place in a destination's stream. A test event has no number. */
export type StreamKind = 'event' | 'tombstone' | 'checkpoint' | 'test';

/** A place in a destination's stream; goes to `metadata.sequence` and `unmapped.aegis.stream`. */
export interface StreamPlace {
  readonly streamId: string;
  readonly epoch: string;
  /** 1, 2, 3, ... without a gap in each epoch. Absent for a test event. */
  readonly seq?: number;
  readonly kind: StreamKind;
  /** The record was sent before and is sent again on a person's word (dead-letter retry, replay). */
  readonly replayed?: boolean;
}

/**
 * An event ready to send: the object, and the exact text whose SHA-256 is the event's hash. Connectors put `text`
 * on the wire as it is and read columns and times from `event`.
 */
export interface WireEvent {
  readonly event: OcsfEvent;
  readonly text: string;
  /** Length of `text` in UTF-8. */
  readonly bytes: number;
}
