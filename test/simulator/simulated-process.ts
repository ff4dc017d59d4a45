import type { Clock } from '../../src/delivery/clock.ts';
import type { Scheduler } from './scheduler.ts';

/** Where monotonic clocks begin: not at zero, so that nothing works by accident. */
const MONOTONIC_START_MS = 1_000_000;

/** Wall-clock time at the start of every world. */
export const WALL_START_MS = 1_800_000_000_000;

/**
 * One run of a worker process: it can die at any moment, after which nothing of it ever moves again, or be stopped for a while
 * (as by SIGSTOP) and go on without knowing. All that it waits for reaches it through `hear`.
 */
export class SimulatedProcess {
  readonly name: string;
  readonly clock: Clock;
  /** The wall clock of this process is ahead of true time by this. */
  wallOffsetMs = 0;
  readonly #scheduler: Scheduler;
  readonly #onCrash: () => void;
  #alive = true;
  #stalledUntilMs = 0;

  constructor(name: string, scheduler: Scheduler, onCrash: () => void) {
    this.name = name;
    this.#scheduler = scheduler;
    this.#onCrash = onCrash;
    this.clock = {
      nowMs: () => Math.floor(WALL_START_MS + scheduler.nowMs + this.wallOffsetMs),
      monotonicMs: () => MONOTONIC_START_MS + scheduler.nowMs,
      sleep: (ms, signal) => this.#sleep(ms, signal),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  get stalled(): boolean {
    return this.#stalledUntilMs > this.#scheduler.nowMs;
  }

  crash(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#onCrash();
  }

  stall(ms: number): void {
    this.#stalledUntilMs = this.#scheduler.nowMs + ms;
  }

  /** Runs after `delayMs` if the process is still there, and not while it is stopped. Answers how to call it off. */
  hear(delayMs: number, run: () => void): () => void {
    let cancelled = false;
    const arrive = (): void => {
      if (!this.#alive || cancelled) return;
      if (this.stalled) this.#scheduler.after(this.#stalledUntilMs - this.#scheduler.nowMs, arrive);
      else run();
    };
    const cancel = this.#scheduler.after(delayMs, arrive);
    return () => {
      cancelled = true;
      cancel();
    };
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        cancel();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = this.hear(ms, wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
