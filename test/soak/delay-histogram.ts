/** Each bucket ends this much later than the one before: a quantile is right to within 5 %. */
const GROWTH = 1.05;
/** The last bucket holds everything beyond 1.05 ** 400, some three days. */
const BUCKETS = 400;

/** Delays of any number of events in a fixed amount of memory. */
export class DelayHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  count = 0;

  add(delayMs: number): void {
    const bucket = Math.ceil(Math.log(Math.max(1, delayMs)) / Math.log(GROWTH));
    const index = Math.min(BUCKETS - 1, bucket);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.count += 1;
  }

  /** The delay in milliseconds that the share `quantile` of the events did not exceed; 0 without events. */
  quantileMs(quantile: number): number {
    let left = Math.ceil(this.count * quantile);
    for (const [index, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return this.count === 0 ? 0 : Math.round(GROWTH ** index);
    }
    return Infinity;
  }

  /** One histogram of all. */
  static of(parts: readonly DelayHistogram[]): DelayHistogram {
    const all = new DelayHistogram();
    for (const part of parts) {
      all.count += part.count;
      for (const [index, count] of part.#counts.entries()) {
        all.#counts[index] = (all.#counts[index] ?? 0) + count;
      }
    }
    return all;
  }
}
