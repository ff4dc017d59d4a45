import { MerkleTree } from './merkle-tree.ts';
import { encodeIndex, type IndexEntry, markOf } from './number-index.ts';
import { type ChainedRecord, recordSha256 } from './record-text.ts';
import type { ChainLink } from './chain-link.ts';

/** What a link says of the records that it covers. */
export type LinkContent = Pick<ChainLink, 'fromRecordNo' | 'toRecordNo' | 'records' | 'root' | 'index'>;

/** Takes records in the order of their numbers and makes the content of one link. Keeps hashes, never bodies. */
export class LinkBuilder {
  readonly #tree = new MerkleTree();
  readonly #entries: IndexEntry[] = [];

  get records(): number {
    return this.#entries.length;
  }

  add(record: ChainedRecord): void {
    const sha256 = recordSha256(record);
    this.#tree.add(sha256);
    this.#entries.push({ no: record.recordNo, mark: markOf(sha256) });
  }

  content(fromRecordNo: number, toRecordNo: number): LinkContent {
    return {
      fromRecordNo,
      toRecordNo,
      records: this.#entries.length,
      root: Buffer.from(this.#tree.root()).toString('hex'),
      index: encodeIndex(this.#entries),
    };
  }
}
