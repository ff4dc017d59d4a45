import type { ApiClient } from './api-client.ts';
import { type ApiProblem, problemOf } from './api-problem.ts';

/** What is known of an address of the API. `data` outlives a failed refresh: old numbers with their time beat none. */
export interface Resource<Data> {
  readonly data?: Data;
  /** When `data` was read. */
  readonly readAtMs?: number;
  readonly problem?: ApiProblem;
  readonly loading: boolean;
}

interface Entry {
  resource: Resource<unknown>;
  readonly listeners: Set<() => void>;
  /** Begun before anybody showed it: who shows it first takes that answer. */
  warm: boolean;
  running: Promise<void> | undefined;
  again: boolean;
}

const UNREAD: Resource<never> = { loading: true };
/** Pages that were left; enough that going back shows them at once. */
const MAX_ENTRIES = 200;

/** Answers of the API by path, shared by everything on the page that shows them: one read for all, one state for all. */
export class ResourceCache {
  readonly #client: ApiClient;
  readonly #clock: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(client: ApiClient, clock: () => number) {
    this.#client = client;
    this.#clock = clock;
  }

  peek(path: string): Resource<unknown> {
    return this.#entries.get(path)?.resource ?? UNREAD;
  }

  subscribe(path: string, listener: () => void): () => void {
    const entry = this.#entry(path);
    entry.listeners.add(listener);
    return () => void entry.listeners.delete(listener);
  }

  /** Begins to read what a page is about to show, while its code is still on its way. */
  warm(path: string): void {
    this.#entry(path).warm = true;
    void this.refresh(path);
  }

  /** For who begins to show it: as `refresh`, but an answer that was begun for them is theirs. */
  open(path: string, unlessYoungerMs = 0): Promise<void> {
    const entry = this.#entry(path);
    const isTheirs = entry.warm && (entry.running !== undefined || entry.resource.data !== undefined);
    entry.warm = false;
    return isTheirs ? (entry.running ?? Promise.resolve()) : this.refresh(path, unlessYoungerMs);
  }

  /**
   * Reads again, unless what is there is younger than `unlessYoungerMs`. A read that runs already is followed by one more, since it
   * may have begun before the change.
   */
  refresh(path: string, unlessYoungerMs = 0): Promise<void> {
    const entry = this.#entry(path);
    if (this.#clock() - (entry.resource.readAtMs ?? -Infinity) < unlessYoungerMs) return Promise.resolve();
    if (entry.running !== undefined) {
      entry.again = true;
      return entry.running;
    }
    entry.running = this.#read(path, entry).finally(() => {
      entry.running = undefined;
    });
    return entry.running;
  }

  /** Takes what the service told by itself: a change of what was read, or all of it. */
  take(path: string, change: (data: unknown) => unknown): void {
    const entry = this.#entry(path);
    const data = change(entry.resource.data);
    if (data !== undefined) this.#set(entry, { data, readAtMs: this.#clock(), loading: false });
  }

  /** Reads again whatever is on the page and begins so; forgets what is not on the page. */
  invalidate(prefix: string): void {
    for (const [path, { listeners }] of this.#entries) {
      if (!path.startsWith(prefix)) continue;
      if (listeners.size > 0) void this.refresh(path);
      else this.#entries.delete(path);
    }
  }

  /** Forgets everything: another person may sign in next. */
  clear(): void {
    for (const entry of this.#entries.values()) this.#set(entry, UNREAD);
  }

  async #read(path: string, entry: Entry): Promise<void> {
    do {
      entry.again = false;
      try {
        const data = await this.#client.call<unknown>({ path });
        this.#set(entry, { data, readAtMs: this.#clock(), loading: false });
      } catch (error) {
        this.#set(entry, { ...entry.resource, problem: problemOf(error), loading: false });
      }
    } while (entry.again);
  }

  #set(entry: Entry, resource: Resource<unknown>): void {
    entry.resource = resource;
    for (const listener of entry.listeners) listener();
  }

  #entry(path: string): Entry {
    const found = this.#entries.get(path);
    if (found !== undefined) return found;
    if (this.#entries.size >= MAX_ENTRIES) this.#forgetOne();
    const entry: Entry = {
      resource: UNREAD,
      listeners: new Set(),
      warm: false,
      running: undefined,
      again: false,
    };
    this.#entries.set(path, entry);
    return entry;
  }

  #forgetOne(): void {
    for (const [path, { listeners }] of this.#entries) {
      if (listeners.size === 0) {
        this.#entries.delete(path);
        return;
      }
    }
  }
}
