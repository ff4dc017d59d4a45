import type { NumberRange } from './number-ranges.ts';

/** A place whose tombstone the destination refused as well: declared, and not to be found there. */
export interface UntakenPlace {
  readonly seq: number;
  /** SHA-256 in hex of the tombstone's event: the leaf of this place. */
  readonly sha256: string;
}

/** Names an earlier checkpoint of the stream, of this epoch or of the one before. */
export interface CheckpointLink {
  readonly epoch: string;
  readonly seq: number;
  /** SHA-256 in hex of its statement. */
  readonly sha256: string;
}

/** Names a link of the chain over the store's records. */
export interface ChainWitness {
  readonly linkNo: number;
  /** SHA-256 in hex of its statement. */
  readonly sha256: string;
}

/** The key that signs from the next checkpoint on. */
export interface NextKey {
  readonly keyId: string;
  /** SubjectPublicKeyInfo, DER, in base64. */
  readonly publicKey: string;
}

/**
 * What a checkpoint states of a destination's stream: that the places from `fromSeq` to `toSeq` are finished, and what stands
 * at each of them. `toSeq` is `fromSeq - 1` where nothing was finished since the last one.
 */
export interface Checkpoint {
  readonly stream: string;
  readonly epoch: string;
  /** Its own place, always after `toSeq`. */
  readonly seq: number;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Places that hold an event, a tombstone or a checkpoint: together all of them. */
  readonly delivered: number;
  readonly tombstoned: number;
  readonly checkpoints: number;
  /** Records that the destination's filter left out meanwhile. They have no places. */
  readonly leftOut: number;
  /** The places that hold tombstones. */
  readonly tombstones: readonly NumberRange[];
  readonly untaken: readonly UntakenPlace[];
  /** Ids of the filters that were in force, in order of their first use: `none` or 16 hex digits; with a redaction `+` and its 16. */
  readonly filters: readonly string[];
  /** Merkle tree hash over the places, in hex. The data of a leaf is the SHA-256 of the event's text as sent. */
  readonly root: string;
  /** Places under each of `parts`, and these nodes of the tree in hex. Not signed: the root follows from them. */
  readonly placesEach: number;
  readonly parts: readonly string[];
  readonly previous?: CheckpointLink;
  readonly madeAtMs: number;
  /** When the next one is made at the latest. Absent: the stream was stopped, and none is promised. */
  readonly nextDueMs?: number;
  readonly keyId: string;
  readonly nextKey?: NextKey;
  /** The last link of the record chain when this was made: the SIEM is its witness. Absent while there is none. */
  readonly chain?: ChainWitness;
}

export interface SignedCheckpoint extends Checkpoint {
  /** Ed25519 over the statement, in base64. */
  readonly signature: string;
}
