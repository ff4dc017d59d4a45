/**
 * What the remote said, fit to be kept and shown: no secrets, no raw reply beyond `MAX_ANSWER_CHARS` visible characters.
 */
export interface Answer {
  /** HTTP status; absent when there was no reply. */
  readonly status?: number;
  /** The remote's own code (HEC number, Azure error word) or the egress failure's code. */
  readonly code?: string;
  /** One sentence for a person. */
  readonly message: string;
  readonly durationMs: number;
}

export const MAX_ANSWER_CHARS = 1_000;

/** Why a partly taken request ended where it did. */
export type RefusalCause = 'poison' | 'throttled' | 'transient';

/**
 * What one send came to. One table for every connector; what follows from each is decided in `src/delivery`, nowhere else.
 * Facts about codes: docs/reference/outcomes.md.
 */
export type Outcome =
  | { readonly kind: 'delivered'; readonly answer: Answer; readonly slowDown?: boolean }
  /** Taken, not yet safe: wait for `confirm`. */
  | { readonly kind: 'accepted'; readonly ackId: number; readonly answer: Answer }
  | { readonly kind: 'throttled'; readonly answer: Answer; readonly retryAfterMs?: number }
  | { readonly kind: 'transient'; readonly answer: Answer; readonly retryAfterMs?: number }
  /** Sent in full and no answer: may be in. */
  | { readonly kind: 'ambiguous'; readonly answer: Answer }
  /**
   * The events `[0, taken)` are in. `culprit` is the index of the one event that was refused by its content (cause
   * `poison`); all others from `taken` on were not looked at, or are not safe, and go again.
   */
  | {
      readonly kind: 'partial';
      readonly taken: number;
      readonly culprit?: number;
      readonly cause: RefusalCause;
      readonly answer: Answer;
      readonly retryAfterMs?: number;
    }
  /** Set-up is wrong: every row is held. `reason` is a stable word, `advice` says who must change what. */
  | {
      readonly kind: 'configuration';
      readonly reason: string;
      readonly advice: string;
      readonly answer: Answer;
    }
  | { readonly kind: 'too_big'; readonly answer: Answer }
  /**
   * The content was refused and the remote did not say which event. `tookNone`: it takes a request whole or not at all; without
   * that the events before the refused one may be in.
   */
  | { readonly kind: 'poison'; readonly answer: Answer; readonly tookNone?: true }
  /** Our own fault (key missing, shutdown, disk): nothing is charged to the destination. */
  | { readonly kind: 'local_fault'; readonly reason: string; readonly answer: Answer };

export type OutcomeKind = Outcome['kind'];
