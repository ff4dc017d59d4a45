import { isDeepStrictEqual } from 'node:util';
import type { WorkspaceScope } from '../store/admin-store.ts';
import type { ApiParts } from './api-parts.ts';
import type { Reader } from './reader.ts';
import { readOverview } from './read-overview.ts';

/** What a listener is told. Data is JSON without line breaks. */
export interface FeedMessage {
  /** `overview`: everything. `destination`, `summary`: what changed. `removed`: the id of one that is gone. */
  readonly event: 'overview' | 'destination' | 'summary' | 'removed';
  /** Grows by one with each message of this feed; a listener that comes back names the last one it saw. */
  readonly id: string;
  readonly data: string;
}

export interface FeedListener {
  readonly onMessage: (message: FeedMessage) => void;
  readonly onError: () => void;
}

/** How often the store is asked while somebody listens; reading it takes at most this share of the time. */
const LOOK_EVERY_MS = 1_000;
const MAX_SHARE_OF_TIME = 0.1;
/** Messages that are kept for who comes back. */
const MAX_KEPT = 500;

type Member = Readonly<Record<string, unknown>>;

/**
 * The overview of one workspace for all who listen and may see the same: read once for all of them, told as what changed. Asks the store only while
 * somebody listens. What moves with every second (ages, rates of nothing) is not a change by itself.
 */
export class OverviewFeed {
  readonly #parts: Pick<ApiParts, 'store' | 'clock' | 'logger' | 'random'>;
  readonly #scope: WorkspaceScope;
  readonly #reader: Reader;
  readonly #onIdle: () => void;
  readonly #listeners = new Set<FeedListener>();
  /** Names this feed, so that an id of another process or an earlier life is not taken for one of ours. */
  readonly #name: string;
  #kept: FeedMessage[] = [];
  #count = 0;
  #summary: unknown;
  #members = new Map<string, Member>();
  #snapshot: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(
    parts: Pick<ApiParts, 'store' | 'clock' | 'logger' | 'random'>,
    scope: WorkspaceScope,
    reader: Reader,
    onIdle: () => void,
  ) {
    this.#parts = parts;
    this.#scope = scope;
    this.#reader = reader;
    this.#onIdle = onIdle;
    this.#name = parts.random.uuid().slice(0, 8);
  }

  /** Tells the newcomer where things stand (or what it missed since `lastId`), then what changes. Answers how to leave. */
  async join(listener: FeedListener, lastId: string | undefined): Promise<() => void> {
    this.#listeners.add(listener);
    this.#timer ??= setTimeout(() => void this.#look(), LOOK_EVERY_MS);
    try {
      if (this.#snapshot === undefined) await (this.#looking ??= this.#read());
    } catch (error) {
      this.#leave(listener);
      throw error;
    }
    const missed = this.#since(lastId);
    if (missed !== undefined) for (const message of missed) listener.onMessage(message);
    else listener.onMessage({ event: 'overview', id: this.#id(), data: this.#snapshot ?? '{}' });
    return () => this.#leave(listener);
  }

  #leave(listener: FeedListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onIdle();
  }

  #id(): string {
    return `${this.#name}-${this.#count}`;
  }

  /** Undefined when what came after that id is not known any more. */
  #since(lastId: string | undefined): readonly FeedMessage[] | undefined {
    if (lastId === undefined || !lastId.startsWith(`${this.#name}-`)) return undefined;
    const seen = Number(lastId.slice(this.#name.length + 1));
    const gone = this.#count - this.#kept.length;
    return Number.isSafeInteger(seen) && seen >= gone && seen <= this.#count
      ? this.#kept.slice(seen - gone)
      : undefined;
  }

  async #look(): Promise<void> {
    const startedMs = performance.now();
    try {
      await (this.#looking ??= this.#read());
    } catch (error) {
      this.#parts.logger.warn({ err: error }, 'the overview cannot be read for those who listen');
      for (const listener of this.#listeners) listener.onError();
    }
    if (this.#listeners.size === 0) return;
    const tookMs = performance.now() - startedMs;
    this.#timer = setTimeout(
      () => void this.#look(),
      Math.max(LOOK_EVERY_MS, tookMs / MAX_SHARE_OF_TIME - tookMs),
    );
  }

  async #read(): Promise<void> {
    try {
      const overview = await readOverview(this.#parts, this.#scope, this.#reader);
      const isFirst = this.#snapshot === undefined;
      this.#snapshot = JSON.stringify(overview);
      const members = new Map(
        overview.destinations.map((view) => [String((view as Member)['destination_id']), view as Member]),
      );
      // Whoever joined for the first look is told everything.
      if (!isFirst) this.#tellChanges(members, overview.summary);
      this.#members = members;
      this.#summary = overview.summary;
    } finally {
      this.#looking = undefined;
    }
  }

  #tellChanges(members: ReadonlyMap<string, Member>, summary: object): void {
    for (const [id, view] of members) {
      if (!isDeepStrictEqual(lasting(view), lasting(this.#members.get(id)))) this.#tell('destination', view);
    }
    for (const id of this.#members.keys()) {
      if (!members.has(id)) this.#tell('removed', { destination_id: id });
    }
    if (!isDeepStrictEqual(lasting(summary), lasting(this.#summary))) {
      this.#tell('summary', summary);
    }
  }

  #tell(event: FeedMessage['event'], data: object): void {
    this.#count += 1;
    const message = { event, id: this.#id(), data: JSON.stringify(data) };
    this.#kept.push(message);
    if (this.#kept.length > MAX_KEPT) this.#kept = this.#kept.slice(-MAX_KEPT / 2);
    for (const listener of this.#listeners) listener.onMessage(message);
  }
}

/** A view without what changes by the mere passing of time. */
function lasting(view: unknown): unknown {
  if (typeof view !== 'object' || view === null) return view;
  const { complete_until: _until, waiting, ...rest } = view as Member;
  if (typeof waiting !== 'object' || waiting === null) return { ...rest, waiting };
  const { oldest_age_seconds: _age, ...counts } = waiting as Member;
  return { ...rest, waiting: counts };
}
