export type LiveState = 'connecting' | 'live' | 'polling' | 'paused' | 'hidden';

/** What of the browser it needs, so that a test can stand in for it. */
export interface LiveWorld {
  open(url: string): LiveSource;
  isHidden(): boolean;
  onVisibility(listener: () => void): void;
  every(ms: number, act: () => void): () => void;
}

export interface LiveSource {
  on(event: 'open' | 'error', listener: () => void): void;
  onMessage(listener: (message: LiveMessage) => void): void;
  close(): void;
}

/** One event of the stream: its name, and its data as text. */
export interface LiveMessage {
  readonly event: string;
  readonly data: string;
}

const STREAM = '/v1/siem/stream';
/** Without a stream (an older service, a proxy that holds it back) pages ask this often. */
const POLL_EVERY_MS = 5_000;
/** Changes come in bursts while events flow; pages read again at most this often. */
const MIN_BETWEEN_MS = 1_000;
/** After a stream broke: asked again this often, polling meanwhile. */
const RECONNECT_EVERY_MS = 15_000;

/**
 * Tells pages when to read again: by the service's event stream, else by polling. It holds nothing open and asks nothing while
 * paused, signed out or hidden, and says at once when it begins again.
 */
export class LiveUpdates {
  readonly #world: LiveWorld;
  readonly #changed = new Set<() => void>();
  readonly #messages = new Set<(message: LiveMessage) => void>();
  readonly #watching = new Set<() => void>();
  #state: LiveState = 'paused';
  #signedIn = false;
  /** From the sign-in until a first stream is told apart from a later one: what is on the page was read just now. */
  #isFirst = true;
  #paused = false;
  #stop: (() => void) | undefined;
  #held = false;
  #due = false;

  constructor(world: LiveWorld) {
    this.#world = world;
    world.onVisibility(() => this.#arrange());
  }

  get state(): LiveState {
    return this.#state;
  }

  setSignedIn(signedIn: boolean): void {
    this.#signedIn = signedIn;
    if (!signedIn) this.#isFirst = true;
    this.#arrange();
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#arrange();
  }

  /** Called whenever what is shown may be out of date. */
  onChange(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => void this.#changed.delete(listener);
  }

  /** Called with every message of the stream, for who can take what changed from it. */
  onMessage(listener: (message: LiveMessage) => void): () => void {
    this.#messages.add(listener);
    return () => void this.#messages.delete(listener);
  }

  onState(listener: () => void): () => void {
    this.#watching.add(listener);
    return () => void this.#watching.delete(listener);
  }

  #arrange(): void {
    const wanted = this.#signedIn && !this.#paused && !this.#world.isHidden();
    if (!wanted) {
      this.#stop?.();
      this.#stop = undefined;
      this.#become(this.#paused || !this.#signedIn ? 'paused' : 'hidden');
      return;
    }
    if (this.#stop !== undefined) return;
    const resumed = !this.#isFirst;
    this.#become('connecting');
    const endLimit = this.#world.every(MIN_BETWEEN_MS, () => {
      this.#held = false;
      if (this.#due) this.#tell();
    });
    let endSource = this.#connect();
    const endRetry = this.#world.every(RECONNECT_EVERY_MS, () => {
      if (this.#state !== 'polling') return;
      endSource();
      endSource = this.#connect();
    });
    this.#stop = () => {
      endLimit();
      endRetry();
      endSource();
      this.#held = false;
      this.#due = false;
    };
    if (resumed) this.#tell();
  }

  /** The stream until it breaks, then polling. Ends both. */
  #connect(): () => void {
    const source = this.#world.open(STREAM);
    let endPolling: (() => void) | undefined;
    source.on('open', () => this.#become('live'));
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    source.onMessage((message) => {
      for (const listener of this.#messages) listener(message);
      // The stream begins with all that is; at the first one no page can have missed a change before it.
      if (!(isFirst && message.event === 'overview')) this.#tell();
    });
    source.on('error', () => {
      if (endPolling !== undefined) return;
      source.close();
      this.#become('polling');
      endPolling = this.#world.every(POLL_EVERY_MS, () => this.#tell());
    });
    return () => {
      source.close();
      endPolling?.();
    };
  }

  #tell(): void {
    if (this.#held) {
      this.#due = true;
      return;
    }
    this.#held = true;
    this.#due = false;
    for (const listener of this.#changed) listener();
  }

  #become(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#watching) listener();
  }
}
