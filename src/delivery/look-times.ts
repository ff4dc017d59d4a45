import type { DeliveryLimits } from './delivery-limits.ts';

type LookLimits = Pick<DeliveryLimits, 'pollMs' | 'secondLookMs' | 'thirdLookMs'>;

/**
 * When to look for work. A wake-up is answered at once and twice more, since the one who woke us may commit a moment later;
 * many wake-ups at once still make one look in `secondLookMs`. Without any, a look each `pollMs`.
 */
export class LookTimes {
  readonly #limits: LookLimits;
  #lastLookMs = Number.NEGATIVE_INFINITY;
  #wantedMs: number[] = [];

  constructor(limits: LookLimits) {
    this.#limits = limits;
  }

  wake(nowMs: number): void {
    const { secondLookMs, thirdLookMs } = this.#limits;
    const first = Math.max(nowMs, this.#lastLookMs + secondLookMs);
    // Of many wake-ups the earliest first and second look count, and the latest third.
    const pending = this.#wantedMs;
    this.#wantedMs = [
      Math.min(first, pending[0] ?? first),
      Math.min(nowMs + secondLookMs, pending[1] ?? Infinity),
      nowMs + thirdLookMs,
    ].sort((a, b) => a - b);
  }

  looked(nowMs: number): void {
    this.#lastLookMs = nowMs;
    this.#wantedMs = this.#wantedMs.filter((time) => time > nowMs);
  }

  /** Milliseconds until the next look; 0 when it is due. */
  waitMs(nowMs: number): number {
    const wanted = Math.max(Math.min(...this.#wantedMs), this.#lastLookMs + this.#limits.secondLookMs);
    return Math.max(0, Math.min(wanted, this.#lastLookMs + this.#limits.pollMs) - nowMs);
  }
}
