import { createHash } from 'node:crypto';

/** A record as the chain covers it: every column that says something of it, but for its number. */
export interface ChainedRecord {
  readonly recordNo: number;
  readonly kind: 'attestation' | 'admin' | 'external';
  /** `attestation_id`, or the `event_id` of another event. */
  readonly id: string;
  /** `metadata.uid` of another event. */
  readonly uid?: string;
  readonly workspaceId: string;
  readonly recordedAtMs: number;
  /** The text as received, in UTF-8. */
  readonly body: Uint8Array;
}

/**
 * SHA-256 of the text that stands for a record: one line for each fact, an empty line, and the body as received. Names are JSON
 * strings, so that none can hold a line feed. The number is not in it: the link that covers the record binds it by its index, and
 * a record that was moved to another number is then known as itself.
 */
export function recordSha256({ kind, id, uid, workspaceId, recordedAtMs, body }: ChainedRecord): Buffer {
  const facts = `aegis-siem record 1
kind ${kind}
id ${JSON.stringify(id)}
uid ${uid === undefined ? '-' : JSON.stringify(uid)}
workspace ${JSON.stringify(workspaceId)}
recorded_at ${recordedAtMs}

`;
  return createHash('sha256').update(facts).update(body).digest();
}
