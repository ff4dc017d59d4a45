import type { Refusal } from '../attestation/refusal.ts';

/** The caller's transaction is gone: SQLite or PostgreSQL rolled all of it back. Begin again and repeat everything. */
export interface TransactionLost {
  readonly status: 'transaction_lost';
  readonly code: string;
  readonly message: string;
}

/** What `recordAttestation` came to inside the caller's transaction; true for good once the caller has committed. */
export type RecordAttestationResult =
  | {
      readonly status: 'recorded';
      readonly attestationId: string;
      readonly recordNo: number;
      /** Pending rows written; null when the enqueue failed. The record stands, and the reconciler writes the rows later. */
      readonly enqueued: number | null;
    }
  /** The same id with the same bytes is there already. */
  | { readonly status: 'duplicate'; readonly attestationId: string }
  /** Refused by the parser, or (code `id_conflict`) the id is there with other bytes. Nothing was written. */
  | { readonly status: 'rejected'; readonly refusal: Refusal }
  | TransactionLost;

/** What `siemEnqueue` came to. It never rejects. */
export type EnqueueResult =
  | { readonly status: 'enqueued'; readonly rows: number }
  /** No row was written; where the record is known, a note for the reconciler was. A warning was logged. */
  | { readonly status: 'failed'; readonly code: string; readonly message: string }
  | { readonly status: 'rejected'; readonly refusal: Refusal }
  | TransactionLost;

/** For the same id with other bytes. */
export function idConflict(pointer: '/attestation_id' | '/event/metadata/uid'): Refusal {
  const what = pointer === '/attestation_id' ? 'attestation_id' : 'metadata.uid';
  return { code: 'id_conflict', pointer, message: `This ${what} is recorded already, with other bytes` };
}

export function transactionLost({ code, message }: { code: string; message: string }): TransactionLost {
  return { status: 'transaction_lost', code, message };
}
