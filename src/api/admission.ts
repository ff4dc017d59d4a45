import { Problem } from './problem.ts';

export interface AdmissionLimits {
  readonly maxRequests: number;
  readonly maxBytes: number;
}

/** Seconds after which a refused caller may come again: requests are short. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Bounds what is in memory at once. A body counts from its announced length (or the largest that its route takes, when it
 * has none) until the answer is out.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  #requests = 0;
  #bytes = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Lets a request in, and answers how to let it out (once). Throws `overloaded`. */
  enter(bytes: number): () => void {
    // One request alone may always come, however large its body: else it could never be sent.
    const crowded = this.#requests > 0 && this.#bytes + bytes > this.#limits.maxBytes;
    if (this.#requests >= this.#limits.maxRequests || crowded) {
      throw new Problem('overloaded', 'Too many requests or too many bytes are in work.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    this.#requests += 1;
    this.#bytes += bytes;
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#requests -= 1;
      this.#bytes -= bytes;
    };
  }
}
