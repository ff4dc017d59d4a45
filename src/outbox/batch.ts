import type { Answer } from '../connectors/outcome.ts';

/** Why a place in the stream holds a tombstone instead of its event. */
export type TombstoneReason =
  /** The destination refused the event by its content. */
  | 'refused'
  /** The record could not be rendered (refused by the parser, or by the size rule). */
  | 'unrenderable'
  /** The record waited beyond a limit that the operator set. */
  | 'over_limit'
  /** The batch was dissolved because settings or renderer changed; the event comes again under a new number. */
  | 're_rendered';

/** What fills a place whose event cannot be sent. Kept in the batch until the tombstone is delivered. */
export interface Tombstone {
  /** Index in the batch. */
  readonly index: number;
  readonly reason: TombstoneReason;
  readonly recordNo: number;
  readonly metadataUid: string;
  /** SHA-256 of the event that stood here, in hex; of the record's body when there never was an event. */
  readonly originalSha256: string;
  /** Time of the event that stood here, or of the tombstone's making where there was none: same bytes at each rendering. */
  readonly timeMs: number;
  /** Set when delivery of the tombstone makes the record a dead letter. */
  readonly dead?: DeadReason;
  /** The destination refused this tombstone too, and took others after it: the number is a gap in the stream. */
  readonly untaken?: true;
}

export interface DeadReason {
  /** Stable word: the refusal's code, or `refused_by_destination`, `too_big`, `limit_age`, `limit_rows`, `limit_bytes`. */
  readonly code: string;
  readonly message: string;
  readonly answer?: Answer;
}

export type BatchState = 'formed' | 'awaiting_ack';

/** Names a batch: its first number in the stream. Splits have first numbers of their own. */
export interface BatchKey {
  readonly epochNo: number;
  readonly firstSeq: number;
}

/**
 * The unit of work, written before its first send. Place i has number `firstSeq + i`; `recordNos[i]` is its record, or
 * null where a `re_rendered` tombstone stands; `hashes[i]` is the SHA-256 of the event as sent (of the tombstone's event
 * for a tombstone). The events themselves are rendered again from the records when needed: same bytes, or the batch is
 * dissolved.
 */
export interface BatchDraft extends BatchKey {
  readonly recordNos: readonly (number | null)[];
  /** 32 bytes a place, one after another. */
  readonly hashes: Uint8Array;
  readonly tombstones: readonly Tombstone[];
  /** Records that the filter left out while this batch was formed: finished together with it. */
  readonly leftOut: readonly number[];
  readonly destinationVersion: number;
  /** Names everything that decides the bytes: renderer version, class, schema version, filter, redaction. */
  readonly renderKey: string;
  /** Indexes of places whose record was sent before (dead-letter retry, replay). */
  readonly replayed: readonly number[];
}

export interface Batch extends BatchDraft {
  readonly state: BatchState;
  readonly ackId?: number;
  /** Sends so far. */
  readonly attempts: number;
  /** The last answer that was not a success. */
  readonly lastAnswer?: Answer;
  readonly formedAtMs: number;
  /** When it was accepted, for `awaiting_ack`. */
  readonly sentAtMs?: number;
}
