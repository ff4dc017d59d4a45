import { EventEmitter, once } from 'node:events';
import type { PathFault } from './path-fault.ts';

/** Which fault the path has now; connections look at it for each piece of data and are told when it changes. */
export class FaultSwitch {
  readonly #events = new EventEmitter();
  #fault: PathFault | undefined;
  #struck = 0;
  /** Grows with each change. */
  version = 0;

  constructor() {
    // One listener for each connection that holds something.
    this.#events.setMaxListeners(0);
  }

  get fault(): PathFault | undefined {
    return this.#fault;
  }

  set(fault: PathFault | undefined): void {
    this.#fault = fault;
    this.#struck = 0;
    this.version += 1;
    this.#events.emit('changed');
  }

  /** The fault touched something. */
  strike(): void {
    this.#struck += 1;
    this.#events.emit('struck');
  }

  /** Resolves when the present fault has touched something `times` times. */
  async struck(times: number, timeoutMs: number): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (this.#struck < times) await once(this.#events, 'struck', { signal });
  }

  /** Resolves at the next change, or after `ms`, or when `signal` is aborted. */
  async changedWithin(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined;
    this.#events.once('changed', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
    this.#events.off('changed', resolve);
  }
}
