import type { SignedLink } from '../proof/chain-link.ts';
import { MerkleTree } from '../proof/merkle-tree.ts';
import { decodeIndex, type IndexEntry, markOf } from '../proof/number-index.ts';
import { type ChainedRecord, recordSha256 } from '../proof/record-text.ts';

/** A record that is there, as the comparison needs it: its body is gone by then. */
export interface PresentRecord extends IndexEntry {
  readonly sha256: Uint8Array;
  readonly kind: ChainedRecord['kind'];
  readonly id: string;
}

export interface ComparedRecords {
  /** In the index, and not there. */
  readonly missing: readonly IndexEntry[];
  /** There, under a number that the index does not have (once more). */
  readonly inserted: readonly PresentRecord[];
  /** There, with other content. `mark` is that of what was chained. */
  readonly changed: readonly { readonly present: PresentRecord; readonly mark: string }[];
  /** The index fits and the root does not: one of the records has other content, and which one cannot be told. */
  readonly differs: boolean;
  /** The last number that the index has. */
  readonly lastNo?: number;
}

export function presentRecord(record: ChainedRecord): PresentRecord {
  const sha256 = recordSha256(record);
  return { no: record.recordNo, mark: markOf(sha256), sha256, kind: record.kind, id: record.id };
}

/** Holds the records of a proven link's range, in order, against its index and its root. */
export function compareRecords(link: SignedLink, present: readonly PresentRecord[]): ComparedRecords {
  const expected = decodeIndex(link.index) ?? [];
  const missing: IndexEntry[] = [];
  const inserted: PresentRecord[] = [];
  const changed: { present: PresentRecord; mark: string }[] = [];
  let at = 0;
  for (const entry of expected) {
    for (let one = present[at]; one !== undefined && one.no < entry.no; one = present[at]) {
      inserted.push(one);
      at += 1;
    }
    const one = present[at];
    if (one?.no !== entry.no) missing.push(entry);
    else {
      if (one.mark !== entry.mark) changed.push({ present: one, mark: entry.mark });
      at += 1;
    }
  }
  inserted.push(...present.slice(at));
  const fits = missing.length + inserted.length + changed.length === 0;
  const lastNo = expected.at(-1)?.no;
  return {
    missing,
    inserted,
    changed,
    differs: fits && rootOf(present) !== link.root,
    ...(lastNo === undefined ? {} : { lastNo }),
  };
}

function rootOf(records: readonly PresentRecord[]): string {
  const tree = new MerkleTree();
  for (const { sha256 } of records) tree.add(sha256);
  return Buffer.from(tree.root()).toString('hex');
}
