/** Bounds on a record. Each refusal by one of these names it in its message. */
export interface AttestationLimits {
  /** UTF-8 bytes of one record. */
  readonly maxRecordBytes: number;
  /** Objects and arrays inside one another; the record itself is 1. */
  readonly maxDepth: number;
  /** Object keys in the whole record. */
  readonly maxKeys: number;
  /** `impact.entities`. */
  readonly maxEntities: number;
  readonly maxConstraints: number;
  readonly maxRewrites: number;
  /** Characters (UTF-16 units) of ids, tool and agent names. */
  readonly maxIdChars: number;
  /** Characters of names and short words. */
  readonly maxNameChars: number;
  /** Characters of reasons and plans. */
  readonly maxTextChars: number;
}

export const DEFAULT_ATTESTATION_LIMITS: AttestationLimits = Object.freeze({
  maxRecordBytes: 262_144,
  maxDepth: 32,
  maxKeys: 5_000,
  maxEntities: 500,
  maxConstraints: 500,
  maxRewrites: 500,
  maxIdChars: 256,
  maxNameChars: 1_024,
  maxTextChars: 65_536,
});

/** `constraints[].outcome` is a free word of at most this many characters. */
export const MAX_OUTCOME_CHARS = 64;

/** `timestamp` lies in [1990, 2200). */
export const MIN_TIME_MS = Date.UTC(1990, 0, 1);
export const END_TIME_MS = Date.UTC(2200, 0, 1);

/** Top-level fields that are kept in the record and never sent: raw arguments do not belong in a SIEM. */
export const WITHHELD_FIELDS = ['arguments', 'args', 'payload', 'input', 'output', 'result'] as const;
