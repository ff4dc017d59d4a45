import { Worker } from 'node:worker_threads';
import type { DeliveryObserver } from './delivery/delivery-observer.ts';
import { errorFields } from './delivery/error-fields.ts';
import type { DeliveryWatchers } from './delivery-engine.ts';
import type { FromThread, ThreadData, ToThread } from './delivery-messages.ts';

/** A thread that ended by itself is started again after this time: its cause is most likely still there. */
const RESTART_AFTER_MS = 1_000;
/** Beyond the grace of its lanes, for closing the store; then the thread is ended. */
const CLOSING_MS = 2_000;

/** Runs beside this file, whether as TypeScript or compiled. */
const THREAD_FILE = new URL(
  import.meta.url.endsWith('.ts') ? './delivery-thread.ts' : './delivery-thread.js',
  import.meta.url,
);

/** The main thread's side of the delivery thread: starts it, hears it, starts it again if it ends by itself. */
export class DeliveryThread {
  readonly #data: ThreadData;
  readonly #watchers: DeliveryWatchers;
  #worker: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(data: ThreadData, watchers: DeliveryWatchers) {
    this.#data = data;
    this.#watchers = watchers;
  }

  /** Resolves when the thread delivers; rejects when it cannot begin. */
  async start(): Promise<void> {
    const worker = new Worker(THREAD_FILE, { workerData: this.#data, name: 'aegis-siem-delivery' });
    this.#worker = worker;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'started') resolve();
      else if (message.kind === 'failed')
        reject(Object.assign(new Error(message.message), { code: message.code }));
      else this.#hear(message);
    });
    worker.on('error', (error) => {
      this.#watchers.logger.error(errorFields(error), 'The delivery thread failed');
      reject(error instanceof Error ? error : new Error(String(error)));
    });
    worker.on('exit', () => {
      reject(new Error('the delivery thread ended before it had started'));
      if (this.#worker === worker) this.#worker = undefined;
    });
    await promise;
    // Only a thread that once ran is started again: what stops the start is the caller's to know.
    worker.once('exit', () => this.#ended());
  }

  wake(): void {
    this.#tell({ kind: 'wake' });
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    worker.once('exit', () => resolve());
    const late = setTimeout(() => {
      this.#watchers.logger.warn(
        { grace_ms: graceMs },
        'The delivery thread did not end in time; it is ended',
      );
      void worker.terminate();
    }, graceMs + CLOSING_MS);
    this.#tell({ kind: 'stop', graceMs });
    await ended;
    clearTimeout(late);
  }

  #tell(message: ToThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: nothing has an origin here
    this.#worker?.postMessage(message);
  }

  #hear(message: Exclude<FromThread, { kind: 'started' | 'failed' }>): void {
    if (message.kind === 'log') {
      this.#watchers.logger[message.level](message.fields, message.message);
      return;
    }
    const call = this.#watchers.observer[message.call] as ((event: unknown) => void) | undefined;
    call?.call(this.#watchers.observer satisfies DeliveryObserver, message.event);
  }

  #ended(): void {
    if (this.#stopping) return;
    this.#watchers.logger.error(
      { restart_after_ms: RESTART_AFTER_MS },
      'The delivery thread ended by itself',
    );
    this.#restart = setTimeout(() => {
      this.start().catch((error: unknown) => {
        this.#watchers.logger.error(errorFields(error), 'The delivery thread could not be started again');
        this.#ended();
      });
    }, RESTART_AFTER_MS);
  }
}
