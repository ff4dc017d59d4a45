/** So many batches must be taken before a larger body is tried again: at most one refused request in as many. */
const TAKEN_BEFORE_LARGER = 500;

/**
 * The largest body that a destination is known to take. A body that it called too big teaches half of that size; the
 * connector's own limit applies until then. Where a proxy was the reason and is gone, the size grows back slowly.
 */
export class LearnedBodySize {
  #maxBytes = Number.POSITIVE_INFINITY;
  #takenInRow = 0;

  get maxBytes(): number {
    return this.#maxBytes;
  }

  tooBig(bytes: number): void {
    this.#maxBytes = Math.min(this.#maxBytes, Math.max(1, Math.ceil(bytes / 2)));
    this.#takenInRow = 0;
  }

  taken(): void {
    if (this.#maxBytes === Number.POSITIVE_INFINITY) return;
    this.#takenInRow += 1;
    if (this.#takenInRow < TAKEN_BEFORE_LARGER) return;
    this.#takenInRow = 0;
    this.#maxBytes *= 2;
  }

  forget(): void {
    this.#maxBytes = Number.POSITIVE_INFINITY;
    this.#takenInRow = 0;
  }
}
