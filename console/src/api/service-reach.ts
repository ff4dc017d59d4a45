/** Whether the service answers this page. */
export interface Reach {
  readonly isLost: boolean;
  /** When it last answered anything; nothing on the page is newer. */
  readonly answeredAtMs: number | undefined;
}

/** What the calls of this page find: the service answers, or nothing comes back at all. Any answer counts, a refusal too. */
export class ServiceReach {
  readonly #clock: () => number;
  readonly #listeners = new Set<() => void>();
  #answeredAtMs: number | undefined;
  #shown: Reach = { isLost: false, answeredAtMs: undefined };

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  readonly peek = (): Reach => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  answered(): void {
    this.#answeredAtMs = this.#clock();
    // Told only when it changes: each call of the page comes by here.
    if (this.#shown.isLost) this.#show(false);
  }

  lost(): void {
    if (!this.#shown.isLost) this.#show(true);
  }

  #show(isLost: boolean): void {
    this.#shown = { isLost, answeredAtMs: this.#answeredAtMs };
    for (const listener of this.#listeners) listener();
  }
}
