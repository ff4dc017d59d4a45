import type { Clock } from './clock.ts';

/** The longest single wait: a missed ring then costs a minute, not for ever. */
const LONGEST_WAIT_MS = 60_000;

/**
 * A wait that others can cut short. A ring that comes while nobody waits is kept for the next wait, so no news is lost
 * between looking and waiting. One waiter at a time.
 */
export class Bell {
  readonly #clock: Clock;
  #rung = false;
  #waiting: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    // With a reason of its own no error is made, stack and all, which cost more than the ring.
    this.#waiting?.abort('rung');
  }

  /** Resolves at the next ring, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.#rung && ms > 0) {
      const waiting = new AbortController();
      this.#waiting = waiting;
      await this.#clock.sleep(Math.min(ms, LONGEST_WAIT_MS), waiting.signal);
      this.#waiting = undefined;
    }
    this.#rung = false;
  }
}
