import type { Clock } from './clock.ts';

/** The time that what has begun may take to end: it counts from the moment of the stop, over all the steps of the ending. */
export class StopGrace {
  readonly #clock: Clock;
  readonly #usualMs: number;
  readonly #asked = Promise.withResolvers<void>();
  readonly #ending = new AbortController();
  #isAsked = false;
  /** On the monotonic clock. */
  #untilMs: number | undefined;

  /** `usualMs`: of an ending that nobody gave a grace to, like that of a pause. */
  constructor(clock: Clock, usualMs: number) {
    this.#clock = clock;
    this.#usualMs = usualMs;
  }

  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** Aborts when the ending begins: for what sleeps, and would sleep over it. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Resolves once a stop is asked for. */
  get asked(): Promise<void> {
    return this.#asked.promise;
  }

  ask(graceMs: number): void {
    this.#untilMs = this.#clock.monotonicMs() + graceMs;
    this.#isAsked = true;
    this.#ending.abort();
    this.#asked.resolve();
  }

  /** Begins to count, where no stop was asked for. */
  begin(): void {
    this.#untilMs ??= this.#clock.monotonicMs() + this.#usualMs;
    this.#ending.abort();
  }

  get leftMs(): number {
    if (this.#untilMs === undefined) return this.#usualMs;
    return Math.max(0, this.#untilMs - this.#clock.monotonicMs());
  }
}
