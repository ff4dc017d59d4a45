import type { OpenBatch } from './open-batch.ts';

/** Whether a destination's acknowledgements can be relied on: what one lane run has seen of them. */
export class AcknowledgementTrust {
  #rounds: number;
  /** On the monotonic clock: when the last round without any was counted. */
  #countedMs: number;
  #lastConfirmedMs = -Infinity;

  /** `rounds`: those that an earlier run has counted. */
  constructor(rounds: number, monotonicMs: number) {
    this.#rounds = rounds;
    this.#countedMs = monotonicMs;
  }

  /** None came back: a batch that is accepted proves nothing, and only one may be waiting at a time. */
  get missing(): boolean {
    return this.#rounds > 0;
  }

  /** New settings, or acknowledgement is not asked for any more. */
  reset(): void {
    this.#rounds = 0;
  }

  /** Answers whether this ends a time without any. */
  confirmed(monotonicMs: number): boolean {
    const ends = this.missing;
    this.#rounds = 0;
    this.#lastConfirmedMs = monotonicMs;
    return ends;
  }

  /**
   * These waited for all of `ackTimeoutMs`. Answers how many rounds in a row had no acknowledgement at all; undefined where
   * others were confirmed meanwhile, or where these belong to a round that was counted already.
   */
  timedOut(late: readonly OpenBatch[], ackTimeoutMs: number, monotonicMs: number): number | undefined {
    const acceptedMs = late.map((batch) => batch.ackDeadlineMs - ackTimeoutMs);
    if (this.#lastConfirmedMs >= Math.min(...acceptedMs)) return undefined;
    if (this.missing && Math.max(...acceptedMs) < this.#countedMs) return undefined;
    this.#rounds += 1;
    this.#countedMs = monotonicMs;
    return this.#rounds;
  }
}
