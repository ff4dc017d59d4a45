import { timeText } from './checkpoint-statement.ts';

/** Where the chain of a store ends, and until when the next word is due: without it, links that are gone from the end leave no trace. */
export interface ChainTip {
  /** 0 while there is no link. */
  readonly linkNo: number;
  /** SHA-256 of the statement of that link, in hex; empty while there is none. */
  readonly sha256: string;
  readonly toRecordNo: number;
  readonly madeAtMs: number;
  /** Absent: the service was stopped, and no next word is promised. */
  readonly nextDueMs?: number;
  readonly keyId: string;
}

export interface SignedTip extends ChainTip {
  readonly signature: string;
}

export function tipStatement(tip: ChainTip): string {
  return `aegis-siem chain tip 1
link ${tip.linkNo}
sha256 ${tip.sha256 === '' ? '-' : tip.sha256}
to_record ${tip.toRecordNo}
made_at ${timeText(tip.madeAtMs)}
next_due ${tip.nextDueMs === undefined ? 'stopped' : timeText(tip.nextDueMs)}
key_id ${tip.keyId}
`;
}
