import type { NumberRange } from '../proof/number-ranges.ts';
import { HASH_BYTES } from '../proof/merkle-tree.ts';

const CHUNK_PLACES = 1_024;

/** 64 million places in about 2.2 GB: a larger export is verified in parts, each from the checkpoint that the last one ended at. */
const MAX_CHUNKS = 65_536;

const FREE = 0;
const HELD = 1;
const REWRITTEN = 2;

interface Chunk {
  readonly hashes: Buffer;
  readonly states: Uint8Array;
}

export class LedgerFullError extends Error {
  override readonly name = 'LedgerFullError';
}

/** What stands at each number of an epoch: 33 bytes a place, in any order of arrival. */
export class PlaceLedger {
  readonly #chunks = new Map<number, Chunk>();
  #places = 0;
  #greatest = 0;

  get places(): number {
    return this.#places;
  }

  get greatest(): number {
    return this.#greatest;
  }

  /** `other`: the place holds another hash already, and keeps it. */
  put(seq: number, sha256: Uint8Array, rewritten: boolean): 'new' | 'same' | 'other' {
    const chunk = this.#chunkOf(seq);
    const index = seq % CHUNK_PLACES;
    const at = index * HASH_BYTES;
    if (chunk.states[index] !== FREE) {
      return chunk.hashes.compare(sha256, 0, HASH_BYTES, at, at + HASH_BYTES) === 0 ? 'same' : 'other';
    }
    chunk.hashes.set(sha256, at);
    chunk.states[index] = rewritten ? REWRITTEN : HELD;
    this.#places += 1;
    if (seq > this.#greatest) this.#greatest = seq;
    return 'new';
  }

  hashAt(seq: number): Uint8Array | undefined {
    const chunk = this.#chunks.get(Math.floor(seq / CHUNK_PLACES));
    const index = seq % CHUNK_PLACES;
    if (chunk === undefined || chunk.states[index] === FREE) return undefined;
    return chunk.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  isRewritten(seq: number): boolean {
    return this.#chunks.get(Math.floor(seq / CHUNK_PLACES))?.states[seq % CHUNK_PLACES] === REWRITTEN;
  }

  /** The free numbers from `from` to `to`. */
  *missing({ from, to }: NumberRange): Generator<NumberRange> {
    let start: number | undefined;
    for (let seq = from; seq <= to; seq += 1) {
      const chunk = this.#chunks.get(Math.floor(seq / CHUNK_PLACES));
      if (chunk !== undefined && chunk.states[seq % CHUNK_PLACES] !== FREE) {
        if (start !== undefined) yield { from: start, to: seq - 1 };
        start = undefined;
        continue;
      }
      start ??= seq;
      // A chunk that is not there is passed over as a whole: a number far out costs nothing.
      if (chunk === undefined) seq += CHUNK_PLACES - 1 - (seq % CHUNK_PLACES);
    }
    if (start !== undefined) yield { from: start, to };
  }

  #chunkOf(seq: number): Chunk {
    const no = Math.floor(seq / CHUNK_PLACES);
    const known = this.#chunks.get(no);
    if (known !== undefined) return known;
    if (this.#chunks.size >= MAX_CHUNKS)
      throw new LedgerFullError(
        `more than ${MAX_CHUNKS * CHUNK_PLACES} numbers of one epoch: export it in parts, and verify each with --from`,
      );
    const chunk = {
      hashes: Buffer.alloc(CHUNK_PLACES * HASH_BYTES),
      states: new Uint8Array(CHUNK_PLACES),
    };
    this.#chunks.set(no, chunk);
    return chunk;
  }
}
