/** Bounds on a record. Each refusal by one of these names it in its message. "Characters" are Unicode code points. */
export interface AttestationLimits {
  /** UTF-8 bytes of one record. */
  readonly maxRecordBytes: number;
  /** Objects and arrays inside one another; the record itself is 1. */
  readonly maxDepth: number;
  /** Object keys in the whole record, unknown and withheld fields included. */
  readonly maxKeys: number;
  /** Array items in the whole record, unknown and withheld fields included. */
  readonly maxItems: number;
  /** Characters of a key. */
  readonly maxKeyChars: number;
  /** Items of `impact.entities`. */
  readonly maxEntities: number;
  /** Items of `constraints`. */
  readonly maxConstraints: number;
  /** Items of `rewrites`. */
  readonly maxRewrites: number;
  /** Characters of ids, times, tool and agent ids. */
  readonly maxIdChars: number;
  /** Characters of names and short words. */
  readonly maxNameChars: number;
  /** Characters of reasons, plans and signature values. */
  readonly maxTextChars: number;
}

export const DEFAULT_ATTESTATION_LIMITS: AttestationLimits = Object.freeze({
  maxRecordBytes: 262_144,
  maxDepth: 32,
  maxKeys: 5_000,
  maxItems: 10_000,
  maxKeyChars: 256,
  maxEntities: 500,
  maxConstraints: 500,
  maxRewrites: 500,
  maxIdChars: 256,
  maxNameChars: 1_024,
  maxTextChars: 65_536,
});

/** The readers recurse once a level, so a deeper limit could exhaust the stack. */
const HIGHEST_MAX_DEPTH = 500;

/** `constraints[].outcome` is a free word of at most this many characters. */
export const MAX_OUTCOME_CHARS = 64;

/** `timestamp` lies in [1990, 2200). */
export const MIN_TIME_MS = Date.UTC(1990, 0, 1);
export const END_TIME_MS = Date.UTC(2200, 0, 1);

/** Top-level fields that are kept in the record and never sent: raw arguments do not belong in a SIEM. */
export const WITHHELD_FIELDS = ['arguments', 'args', 'payload', 'input', 'output', 'result'] as const;

/** The default limits with some of them replaced. Throws `RangeError` for one that is no positive whole number. */
export function attestationLimits(changes: Partial<AttestationLimits>): AttestationLimits {
  const limits = { ...DEFAULT_ATTESTATION_LIMITS, ...changes };
  for (const [name, limit] of Object.entries(limits)) {
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new RangeError(`The limit ${name} is not a positive whole number.`);
    }
  }
  if (limits.maxDepth > HIGHEST_MAX_DEPTH) {
    throw new RangeError(`The limit maxDepth is at most ${HIGHEST_MAX_DEPTH}.`);
  }
  return limits;
}
