import type { RecordDraft, RecordResult, RecordStore } from '../outbox/record-store.ts';
import { StoreError } from '../store/store-error.ts';

/** Records of one commit. One commit costs one flush to disk, however many records it has. */
export const MAX_GROUP_ITEMS = 500;

interface Waiting {
  readonly drafts: readonly RecordDraft[];
  readonly results: RecordResult[];
  readonly done: (results: readonly RecordResult[]) => void;
}

export interface RecordQueueParts {
  readonly store: Pick<RecordStore, 'recordAttestations'>;
  /** Called after each group that wrote rows. */
  readonly wake: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Records attestations of several requests in common commits. While one group is being written the next one gathers, so
 * that many small requests share a flush and a single one waits for nobody. How much can wait is bounded by admission.
 */
export class RecordQueue {
  readonly #parts: RecordQueueParts;
  readonly #waiting: Waiting[] = [];
  #running = false;

  constructor(parts: RecordQueueParts) {
    this.#parts = parts;
  }

  /** Answers in the order of the drafts, when all of them are committed or refused. Never rejects. */
  record(drafts: readonly RecordDraft[]): Promise<readonly RecordResult[]> {
    if (drafts.length === 0) return Promise.resolve([]);
    const { promise, resolve } = Promise.withResolvers<readonly RecordResult[]>();
    this.#waiting.push({ drafts, results: [], done: resolve });
    if (!this.#running) {
      this.#running = true;
      // After the other requests that are ready now: they share the commit.
      setImmediate(() => void this.#run());
    }
    return promise;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      const results = await this.#write(group.flatMap(({ drafts }) => drafts));
      let at = 0;
      for (const { owner, drafts } of group) {
        owner.results.push(...results.slice(at, at + drafts.length));
        at += drafts.length;
        if (owner.results.length === owner.drafts.length) {
          this.#waiting.splice(this.#waiting.indexOf(owner), 1);
          owner.done(owner.results);
        }
      }
      // The embedded store works on this thread: let answers out and requests in between two groups.
      if (this.#waiting.length > 0) await new Promise((resolve) => void setImmediate(resolve));
    }
    this.#running = false;
  }

  #nextGroup(): { readonly owner: Waiting; readonly drafts: readonly RecordDraft[] }[] {
    const group: { owner: Waiting; drafts: readonly RecordDraft[] }[] = [];
    let room = MAX_GROUP_ITEMS;
    for (const owner of this.#waiting) {
      if (room === 0) break;
      const drafts = owner.drafts.slice(owner.results.length, owner.results.length + room);
      room -= drafts.length;
      group.push({ owner, drafts });
    }
    return group;
  }

  async #write(drafts: readonly RecordDraft[]): Promise<readonly RecordResult[]> {
    try {
      const results = await this.#parts.store.recordAttestations(drafts);
      if (results.some(({ status }) => status === 'recorded')) this.#parts.wake();
      return results;
    } catch (error) {
      this.#parts.onError(error);
      const code = error instanceof StoreError ? error.code : 'store_failed';
      const message = error instanceof StoreError ? error.message : 'The store failed';
      return drafts.map(({ recordId }) => ({ status: 'failed', recordId, code, message }));
    }
  }
}
