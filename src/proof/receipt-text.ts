import { createHash, hash } from 'node:crypto';

/** A receipt as it stands in the store: every column but its number and its destination, which its checkpoint names. Lists and JSON as text. */
export interface ReceiptFacts {
  readonly epochNo: number;
  readonly firstSeq: number;
  readonly places: number;
  readonly minRecordNo: number;
  readonly maxRecordNo: number;
  /** `12,13,null`. */
  readonly recordNos: string;
  readonly hashes: Uint8Array;
  readonly tombstones?: string;
  readonly leftOut?: string;
  readonly replayed?: string;
  readonly destinationVersion: number;
  readonly attempts: number;
  readonly httpStatus?: number;
  readonly answer: string;
  readonly ackId?: number;
  readonly deliveredAtMs: number;
}

/** SHA-256 of the text that stands for a receipt: one line for each fact, `-` where there is none. */
export function receiptSha256(facts: ReceiptFacts): Buffer {
  const text = `aegis-siem receipt 1
epoch_no ${facts.epochNo}
first_seq ${facts.firstSeq}
places ${facts.places}
min_record_no ${facts.minRecordNo}
max_record_no ${facts.maxRecordNo}
record_nos ${facts.recordNos || '-'}
hashes ${hash('sha256', facts.hashes)}
tombstones ${facts.tombstones ?? '-'}
left_out ${facts.leftOut || '-'}
replayed ${facts.replayed || '-'}
destination_version ${facts.destinationVersion}
attempts ${facts.attempts}
http_status ${facts.httpStatus ?? '-'}
answer ${facts.answer}
ack_id ${facts.ackId ?? '-'}
delivered_at ${facts.deliveredAtMs}
`;
  return createHash('sha256').update(text).digest();
}
