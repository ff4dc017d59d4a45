import type { ComponentType } from 'react';

/** A module that holds a page. */
export interface PageModule<Props> {
  readonly default: ComponentType<Props>;
}

/** What is there of a page's code. */
export type PageCodeState<Props> =
  | { readonly kind: 'coming' }
  | { readonly kind: 'there'; readonly component: ComponentType<Props> }
  | { readonly kind: 'failed' };

const COMING = { kind: 'coming' } as const;

/**
 * The code of a page that is a file of its own. React's `lazy` with Suspense would do, but React holds a fallback that was shown
 * for 300 ms, and with it the page and its requests: a person waits for a number that nobody needs.
 */
export class PageCode<Props> {
  readonly #fetchModule: () => Promise<PageModule<Props>>;
  readonly #listeners = new Set<() => void>();
  #state: PageCodeState<Props> = COMING;
  #isRunning = false;

  constructor(fetchModule: () => Promise<PageModule<Props>>) {
    this.#fetchModule = fetchModule;
  }

  readonly peek = (): PageCodeState<Props> => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Fetches it unless it is there or on its way; after a failure it tries again. */
  async load(): Promise<void> {
    if (this.#isRunning || this.#state.kind === 'there') return;
    this.#isRunning = true;
    if (this.#state.kind === 'failed') this.#become(COMING);
    try {
      const { default: component } = await this.#fetchModule();
      this.#become({ kind: 'there', component });
    } catch {
      // The service is out of reach, or was upgraded and no longer has the file: the page says so and offers to load again.
      this.#become({ kind: 'failed' });
    } finally {
      this.#isRunning = false;
    }
  }

  #become(state: PageCodeState<Props>): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
