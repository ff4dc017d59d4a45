import type { JsonObject } from '../../src/json.ts';

/** What the collector does in place of its usual work. */
export type HecFault =
  /** Answers at once; nothing is taken. `code` makes a HEC reply, else `body` is sent as it is. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly code?: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Takes the first `take` events and answers busy with the number of the first not taken. */
  | { readonly kind: 'busy_after'; readonly take: number }
  /** Takes everything and answers with a warning: 24 (queue) or 25 (acknowledgements) near capacity. */
  | { readonly kind: 'take_then_warn'; readonly code: 24 | 25 }
  /** Works as usual and answers after this time. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Takes nothing and never answers. */
  | { readonly kind: 'hang' }
  /** Cuts the connection when the request has come in; nothing is taken. */
  | { readonly kind: 'reset' }
  /** Cuts the connection when the body begins to come in. */
  | { readonly kind: 'cut_upload' }
  /** Takes everything and cuts the connection instead of answering. */
  | { readonly kind: 'take_then_reset' };

/** Events that the collector refuses by their content. */
export interface HecRefusal {
  readonly matches: (event: JsonObject) => boolean;
  readonly code: 6 | 7 | 12 | 13 | 15;
  /** Whether the answer names the event (`invalid-event-number`). */
  readonly withNumber: boolean;
}

/** Faults in the order in which they were planned. */
export class HecFaults {
  readonly #planned: { fault: HecFault; left: number }[] = [];

  plan(fault: HecFault, times: number): void {
    this.#planned.push({ fault, left: times });
  }

  take(): HecFault | undefined {
    const next = this.#planned.find(({ left }) => left > 0);
    if (next === undefined) return undefined;
    next.left -= 1;
    return next.fault;
  }

  clear(): void {
    this.#planned.length = 0;
  }
}
