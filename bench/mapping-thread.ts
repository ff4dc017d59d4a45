import { Worker } from 'node:worker_threads';
import type { MappedBatch } from './map-batch.ts';

export interface ToMapper {
  readonly no: number;
  readonly records: readonly string[];
  readonly firstSeq: number;
}

export interface FromMapper {
  readonly no: number;
  readonly batch: MappedBatch;
}

/** A worker thread that maps batches of records. Texts are copied on their way there; what comes back is handed over. */
export class MappingThread {
  readonly #worker = new Worker(new URL('map-worker.ts', import.meta.url));
  readonly #waiting = new Map<number, (batch: MappedBatch) => void>();
  #lastNo = 0;

  constructor() {
    this.#worker.on('message', ({ no, batch }: FromMapper) => {
      this.#waiting.get(no)?.(batch);
      this.#waiting.delete(no);
    });
    this.#worker.on('error', (error) => {
      throw error;
    });
  }

  map(records: readonly string[], firstSeq: number): Promise<MappedBatch> {
    const no = (this.#lastNo += 1);
    const message: ToMapper = { no, records, firstSeq };
    return new Promise((resolve) => {
      this.#waiting.set(no, resolve);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: nothing has an origin here
      this.#worker.postMessage(message);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
