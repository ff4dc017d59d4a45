import { createHmac } from 'node:crypto';

const HASH_HEX_DIGITS = 32;

/**
 * Different texts of one record that are hashed. A hash takes some microseconds, and the thread that sends does nothing else
 * meanwhile: beyond this a text is masked instead.
 */
export const MAX_HASHES_OF_RECORD = 10_000;

/** The hashes of one record: each text is hashed once, however often it stands there. */
export class RecordHashes {
  readonly #known = new Map<string, string>();

  /** What stands in for a text; undefined beyond the limit. */
  of(text: string, key: Uint8Array): string | undefined {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_HASHES_OF_RECORD) return undefined;
    const made = `hmac-sha256:${createHmac('sha256', key).update(text).digest('hex').slice(0, HASH_HEX_DIGITS)}`;
    this.#known.set(text, made);
    return made;
  }
}
