import { timeText } from './checkpoint-statement.ts';

/**
 * The word that records were removed on purpose: all of a run of numbers, which follows that of the mark before and ends with a
 * link of the record chain. The links stay, so that the numbers and hashes of what was removed can still be told.
 */
export interface PruneMark {
  readonly markNo: number;
  readonly fromRecordNo: number;
  readonly toRecordNo: number;
  /** Records that the links of this run have, which are those that were removed. */
  readonly records: number;
  /** The last link of the run. */
  readonly linkNo: number;
  readonly linkSha256: string;
  /** Every link of the run was made before this time, and so every record was recorded before it. */
  readonly recordedBeforeMs: number;
  readonly madeAtMs: number;
  readonly actor: string;
  readonly keyId: string;
}

export interface SignedPruneMark extends PruneMark {
  /** Ed25519 over the statement, in base64. */
  readonly signature: string;
}

/** The bytes that are signed. The actor is a JSON string, so that no name can hold a line feed. */
export function pruneStatement(mark: PruneMark): string {
  return `aegis-siem prune 1
mark ${mark.markNo}
from_record ${mark.fromRecordNo}
to_record ${mark.toRecordNo}
records ${mark.records}
link ${mark.linkNo}/${mark.linkSha256}
recorded_before ${timeText(mark.recordedBeforeMs)}
made_at ${timeText(mark.madeAtMs)}
actor ${JSON.stringify(mark.actor)}
key_id ${mark.keyId}
`;
}
