import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/delivery/clock.ts';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. Everything that can run without time passing runs first. */
export class FakeClock implements Clock {
  #monotonicMs = 1_000_000;
  /** Wall clock minus monotonic clock: change it to make the wall clock jump. */
  offsetMs = 1_700_000_000_000;
  #sleepers: Sleeper[] = [];

  nowMs(): number {
    return this.#monotonicMs + this.offsetMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const sleeper: Sleeper = {
        atMs: this.#monotonicMs + Math.max(0, ms),
        wake: () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
          signal.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', sleeper.wake, { once: true });
    });
  }

  /** Lets time pass, waking every sleeper in its turn. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#monotonicMs + ms;
    for (;;) {
      await setImmediate();
      const next = this.#earliest();
      if (next === undefined || next.atMs > untilMs) break;
      this.#monotonicMs = Math.max(this.#monotonicMs, next.atMs);
      next.wake();
    }
    this.#monotonicMs = untilMs;
    await setImmediate();
  }

  /** Lets time pass until `condition` holds, and answers how long that took. Throws when it takes more than `maxMs`. */
  async until(condition: () => boolean, maxMs: number, what = 'the condition'): Promise<number> {
    const startedMs = this.#monotonicMs;
    for (;;) {
      await setImmediate();
      if (condition()) return this.#monotonicMs - startedMs;
      const next = this.#earliest();
      if (next === undefined) throw new Error(`Nothing waits for the clock, and ${what} does not hold`);
      if (next.atMs - startedMs > maxMs) throw new Error(`After ${maxMs} ms ${what} does not hold`);
      this.#monotonicMs = Math.max(this.#monotonicMs, next.atMs);
      next.wake();
    }
  }

  #earliest(): Sleeper | undefined {
    let earliest: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (earliest === undefined || sleeper.atMs < earliest.atMs) earliest = sleeper;
    }
    return earliest;
  }
}
