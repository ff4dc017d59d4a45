import { hash } from 'node:crypto';

/** Bytes of a SHA-256. */
export const HASH_BYTES = 32;

/** At most so many nodes of one level are kept as parts: enough to say near which number a difference lies. */
const MAX_PARTS = 64;

/**
 * A hash inside of a tree: its bytes as a text of 32 characters up to U+00FF. Such a text is made and let go of several times
 * faster than a buffer, and a tree over a million leaves makes two million of them.
 */
type HashText = string;

/** Hash of a tree without leaves (RFC 6962, section 2.1). */
const EMPTY_ROOT = hash('sha256', new Uint8Array(), 'latin1');

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
  readonly #complete: { readonly level: number; readonly hash: HashText }[] = [];
  #parts: HashText[] = [];
  readonly #leaf = Buffer.alloc(1 + HASH_BYTES);
  readonly #node = nodeBuffer();
  #partLevel = 0;
  #leaves = 0;

  get leaves(): number {
    return this.#leaves;
  }

  add(data: Uint8Array): void {
    this.#leaves += 1;
    let node = { level: 0, hash: this.#leafHash(data) };
    let part = this.#partLevel === 0 ? node.hash : undefined;
    for (
      let left = this.#complete.at(-1);
      left !== undefined && left.level === node.level;
      left = this.#complete.at(-1)
    ) {
      this.#complete.pop();
      node = { level: node.level + 1, hash: nodeText(this.#node, left.hash, node.hash) };
      if (node.level === this.#partLevel) part = node.hash;
    }
    this.#complete.push(node);
    if (part !== undefined) this.#keepPart(part);
  }

  root(): Uint8Array {
    return bytesOf(this.#rootFrom(0));
  }

  /** The nodes of one level, from which the root follows: what differs is then known to lie under one of them. */
  parts(): MerkleParts {
    const below = this.#complete.findIndex(({ level }) => level < this.#partLevel);
    const rest = below === -1 ? [] : [this.#rootFrom(below)];
    return { leavesEach: 2 ** this.#partLevel, hashes: [...this.#parts, ...rest].map(bytesOf) };
  }

  #leafHash(data: Uint8Array): HashText {
    // Of what is no hash, the length is another.
    if (data.length !== HASH_BYTES) return latin1Of(leafHash(data));
    this.#leaf.set(data, 1);
    return hash('sha256', this.#leaf, 'latin1');
  }

  #rootFrom(first: number): HashText {
    const [last, ...others] = this.#complete.slice(first).reverse();
    if (last === undefined) return EMPTY_ROOT;
    return others.reduce((right, left) => nodeText(this.#node, left.hash, right), last.hash);
  }

  #keepPart(part: HashText): void {
    this.#parts.push(part);
    if (this.#parts.length < MAX_PARTS) return;
    this.#parts = this.#pairs(this.#parts);
    this.#partLevel += 1;
  }

  #pairs(hashes: readonly HashText[]): HashText[] {
    const joined: HashText[] = [];
    for (let index = 0; index + 1 < hashes.length; index += 2)
      joined.push(nodeText(this.#node, hashes[index] ?? EMPTY_ROOT, hashes[index + 1] ?? EMPTY_ROOT));
    return joined;
  }
}

/** The root over the nodes of one level: by the same rule, since all but the last are complete. */
export function rootOfParts(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) return bytesOf(EMPTY_ROOT);
  if (hashes.length === 1) return only;
  const split = 2 ** Math.ceil(Math.log2(hashes.length) - 1);
  return nodeHash(rootOfParts(hashes.slice(0, split)), rootOfParts(hashes.slice(split)));
}

export function leafHash(data: Uint8Array): Uint8Array {
  const input = Buffer.allocUnsafe(1 + data.length);
  input[0] = 0;
  input.set(data, 1);
  return hash('sha256', input, 'buffer');
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return bytesOf(nodeText(nodeBuffer(), latin1Of(left), latin1Of(right)));
}

/** What the hash of an inner node is over, filled anew for each. */
function nodeBuffer(): Buffer {
  const buffer = Buffer.alloc(1 + 2 * HASH_BYTES);
  buffer[0] = 1;
  return buffer;
}

function nodeText(buffer: Buffer, left: HashText, right: HashText): HashText {
  buffer.write(left, 1, 'latin1');
  buffer.write(right, 1 + HASH_BYTES, 'latin1');
  return hash('sha256', buffer, 'latin1');
}

function bytesOf(text: HashText): Buffer {
  return Buffer.from(text, 'latin1');
}

function latin1Of(bytes: Uint8Array): HashText {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
