import { EventEmitter, once } from 'node:events';
import type { OutcomeKind } from '../../../src/connectors/outcome.ts';
import type {
  AttemptEvent,
  DeliveryObserver,
  HealthChange,
} from '../../../src/delivery/delivery-observer.ts';
import type { DeliveryLogger } from '../../../src/delivery/delivery-parts.ts';

/** What the engine said of a run, and a way to wait for it. */
export class SeenDelivery {
  readonly #changed = new EventEmitter();
  readonly attempts: AttemptEvent[] = [];
  readonly health: HealthChange[] = [];
  /** Events that may have been doubled, by cause, as the engine counted them. */
  readonly duplicates: Record<string, number> = {};
  /** Errors that were logged. */
  readonly errors: string[] = [];
  finished = 0;

  readonly observer: DeliveryObserver = {
    attempt: (event) => {
      this.attempts.push(event);
      this.#changed.emit('changed');
    },
    healthChanged: (change) => {
      this.health.push(change);
      this.#changed.emit('changed');
    },
    finished: ({ delivered, dead }) => {
      this.finished += delivered + dead;
      this.#changed.emit('changed');
    },
    duplicates: ({ cause, events }) => {
      this.duplicates[cause] = (this.duplicates[cause] ?? 0) + events;
    },
  };

  readonly logger: DeliveryLogger = {
    info: () => undefined,
    warn: () => undefined,
    error: (fields, message) => void this.errors.push(`${message} ${JSON.stringify(fields)}`),
  };

  /** Looks at each news until `done` is true; rejects after `timeoutMs`, saying what was waited for. */
  async until(done: () => boolean, timeoutMs: number, what: string): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (!done()) {
      try {
        await once(this.#changed, 'changed', { signal });
      } catch (cause) {
        const last = this.attempts.at(-1)?.message ?? 'nothing was sent';
        throw new Error(
          `after ${timeoutMs} ms: ${what}; ${this.finished} events are finished; last answer: ${last}`,
          { cause },
        );
      }
    }
  }

  outcomes(kind: OutcomeKind): number {
    return this.attempts.filter(({ outcome }) => outcome === kind).length;
  }

  /** Every health that the destination had, as `state reason`, each once. */
  words(): readonly string[] {
    const words = this.health.map(({ to }) =>
      to.reason === undefined ? to.state : `${to.state} ${to.reason}`,
    );
    return [...new Set(words)];
  }
}
