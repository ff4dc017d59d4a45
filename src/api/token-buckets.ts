export interface BucketLimits {
  /** Tokens that come back in a second; 0 is no limit. */
  readonly perSecond: number;
  /** Tokens that a bucket holds: what may be taken at once after a pause. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Buckets remembered. Beyond it the longest unused one is forgotten, which is then full again: memory stays flat. */
const MAX_BUCKETS = 10_000;

/** A token bucket for each name: so many at once, so many a second for ever. */
export class TokenBuckets {
  readonly #limits: BucketLimits;
  /** In the order of use, the longest unused first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: BucketLimits) {
    this.#limits = limits;
  }

  /** Takes one token. Answers undefined when there was one, else after how many milliseconds there will be. */
  take(name: string, nowMs: number): number | undefined {
    const { perSecond, burst } = this.#limits;
    if (perSecond === 0) return undefined;
    const bucket = this.#buckets.get(name) ?? { tokens: burst, atMs: nowMs };
    // A clock that was set back brings no tokens and takes none.
    const pastMs = Math.max(0, nowMs - bucket.atMs);
    bucket.tokens = Math.min(burst, bucket.tokens + (pastMs * perSecond) / 1_000);
    bucket.atMs = nowMs;
    this.#remember(name, bucket);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return undefined;
    }
    return Math.ceil(((1 - bucket.tokens) * 1_000) / perSecond);
  }

  #remember(name: string, bucket: Bucket): void {
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (this.#buckets.size <= MAX_BUCKETS) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
