import { hash } from 'node:crypto';

/** Bytes of a SHA-256. */
export const HASH_BYTES = 32;

/** At most so many nodes of one level are kept as parts: enough to say near which number a difference lies. */
const MAX_PARTS = 64;

/** Hash of a tree without leaves (RFC 6962, section 2.1). */
const EMPTY_ROOT = sha256(new Uint8Array());

export interface MerkleParts {
  /** Leaves under each part, a power of two; the last part may have fewer. */
  readonly leavesEach: number;
  readonly hashes: readonly Uint8Array[];
}

/**
 * The Merkle tree hash of RFC 6962, section 2.1, made leaf by leaf: a leaf is SHA-256(0x00 || data), an inner node
 * SHA-256(0x01 || left || right), and the left side of each node is the largest complete tree that leaves something for the
 * right side. Holds one hash a level, and at most `MAX_PARTS` more, however many leaves there are.
 */
export class MerkleTree {
  /** Roots of complete trees, largest first: one for each bit of the number of leaves. */
  readonly #complete: { readonly level: number; readonly hash: Uint8Array }[] = [];
  #parts: Uint8Array[] = [];
  #partLevel = 0;
  #leaves = 0;

  get leaves(): number {
    return this.#leaves;
  }

  add(data: Uint8Array): void {
    this.#leaves += 1;
    let node = { level: 0, hash: leafHash(data) };
    let part = this.#partLevel === 0 ? node.hash : undefined;
    for (
      let left = this.#complete.at(-1);
      left !== undefined && left.level === node.level;
      left = this.#complete.at(-1)
    ) {
      this.#complete.pop();
      node = { level: node.level + 1, hash: nodeHash(left.hash, node.hash) };
      if (node.level === this.#partLevel) part = node.hash;
    }
    this.#complete.push(node);
    if (part !== undefined) this.#keepPart(part);
  }

  root(): Uint8Array {
    return this.#rootFrom(0);
  }

  /** The nodes of one level, from which the root follows: what differs is then known to lie under one of them. */
  parts(): MerkleParts {
    const below = this.#complete.findIndex(({ level }) => level < this.#partLevel);
    const rest = below === -1 ? [] : [this.#rootFrom(below)];
    return { leavesEach: 2 ** this.#partLevel, hashes: [...this.#parts, ...rest] };
  }

  #rootFrom(first: number): Uint8Array {
    const [last, ...others] = this.#complete.slice(first).reverse();
    if (last === undefined) return EMPTY_ROOT;
    return others.reduce((right, left) => nodeHash(left.hash, right), last.hash);
  }

  #keepPart(part: Uint8Array): void {
    this.#parts.push(part);
    if (this.#parts.length < MAX_PARTS) return;
    this.#parts = pairs(this.#parts);
    this.#partLevel += 1;
  }
}

/** The root over the nodes of one level: by the same rule, since all but the last are complete. */
export function rootOfParts(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) return EMPTY_ROOT;
  if (hashes.length === 1) return only;
  const split = 2 ** Math.ceil(Math.log2(hashes.length) - 1);
  return nodeHash(rootOfParts(hashes.slice(0, split)), rootOfParts(hashes.slice(split)));
}

export function leafHash(data: Uint8Array): Uint8Array {
  const input = Buffer.allocUnsafe(1 + data.length);
  input[0] = 0;
  input.set(data, 1);
  return sha256(input);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = Buffer.allocUnsafe(1 + left.length + right.length);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + left.length);
  return sha256(input);
}

function pairs(hashes: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = [];
  for (let index = 0; index + 1 < hashes.length; index += 2) {
    joined.push(nodeHash(hashes[index] ?? EMPTY_ROOT, hashes[index + 1] ?? EMPTY_ROOT));
  }
  return joined;
}

function sha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer');
}
