import { hash } from 'node:crypto';
import type { NextKey } from './checkpoint.ts';
import { timeText } from './checkpoint-statement.ts';

/**
 * One link of the chain over the records of a store: it covers the numbers that follow those of the link before. Not every number
 * has a record; which ones have, the index says.
 */
export interface ChainLink {
  readonly linkNo: number;
  /** SHA-256 in hex of the statement of the link before. Absent in the first one. */
  readonly previous?: string;
  readonly fromRecordNo: number;
  readonly toRecordNo: number;
  readonly records: number;
  /** Merkle tree hash (RFC 6962, section 2.1) over the records in the order of their numbers, in hex. */
  readonly root: string;
  /** Number and mark of each record; its SHA-256 is signed. */
  readonly index: Uint8Array;
  readonly madeAtMs: number;
  readonly keyId: string;
  /** The key that signs from the next link on. */
  readonly nextKey?: NextKey;
}

export interface SignedLink extends ChainLink {
  /** Ed25519 over the statement, in base64. */
  readonly signature: string;
}

/** The bytes that are signed and that the next link names: one line for each fact, always all of them and in this order. */
export function linkStatement(link: ChainLink): string {
  const { previous, nextKey } = link;
  return `aegis-siem chain link 1
link ${link.linkNo}
previous ${previous ?? '-'}
from_record ${link.fromRecordNo}
to_record ${link.toRecordNo}
records ${link.records}
root ${link.root}
index ${hash('sha256', link.index)}
made_at ${timeText(link.madeAtMs)}
key_id ${link.keyId}
next_key ${nextKey === undefined ? '-' : `${nextKey.keyId}/${nextKey.publicKey}`}
`;
}

/** The name of a link. */
export function linkSha256(link: ChainLink): string {
  return hash('sha256', linkStatement(link));
}
