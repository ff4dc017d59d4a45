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
  | { readonly kind: 'hang' }
  /** Cuts the connection before anything is taken. */
  | { readonly kind: 'reset' }
  /** Takes everything and cuts the connection instead of answering. */
  | { readonly kind: 'take_then_reset' };

/** Events that the collector refuses by their content. */
export interface HecRefusal {
  readonly matches: (event: JsonObject) => boolean;
  readonly code: 6 | 7 | 12 | 13 | 15;
  /** Whether the answer names the event (`invalid-event-number`). */
  readonly withNumber: boolean;
}

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

/** Texts of the codes, as Splunk documents them. */
export const HEC_TEXTS: Readonly<Record<number, readonly [status: number, text: string]>> = {
  0: [200, 'Success'],
  1: [403, 'Token disabled'],
  2: [401, 'Token is required'],
  3: [401, 'Invalid authorization'],
  4: [403, 'Invalid token'],
  5: [400, 'No data'],
  6: [400, 'Invalid data format'],
  7: [400, 'Incorrect index'],
  8: [500, 'Internal server error'],
  9: [503, 'Server is busy'],
  10: [400, 'Data channel is missing'],
  11: [400, 'Invalid data channel'],
  12: [400, 'Event field is required'],
  13: [400, 'Event field cannot be blank'],
  14: [400, 'ACK is disabled'],
  15: [400, 'Error in handling indexed fields'],
  16: [400, 'Query string authorization is not enabled'],
  17: [200, 'HEC is healthy'],
  18: [503, 'HEC is unhealthy, queues are full'],
  19: [503, 'HEC is unhealthy, ack service unavailable'],
  20: [503, 'HEC is unhealthy, queues are full, ack service unavailable'],
  21: [400, 'Invalid token'],
  22: [400, 'Token disabled'],
  23: [503, 'Server is shutting down'],
  24: [200, 'HEC queue is approaching its capacity limit'],
  25: [200, 'HEC ACK channel is approaching its capacity limit'],
  26: [429, 'HEC queue is at capacity'],
  27: [429, 'HEC ACK channel is at capacity'],
};
