/** What became of one record. `failed`: the store could not take it; nothing is half there; send it again. */
export type RecordResult =
  | {
      readonly status: 'recorded';
      readonly recordId: string;
      readonly recordNo: number;
      /** Pending rows written; null when the enqueue failed (the reconciler repairs it). */
      readonly enqueued: number | null;
    }
  | { readonly status: 'duplicate'; readonly recordId: string }
  /** Same id, other bytes. */
  | { readonly status: 'conflict'; readonly recordId: string }
  | { readonly status: 'failed'; readonly recordId: string; readonly code: string; readonly message: string };

/** A record that the parser accepted, and its text as received. */
export interface RecordDraft {
  readonly recordId: string;
  readonly workspaceId: string;
  readonly body: string;
}

export interface StoredRecord extends RecordDraft {
  readonly recordNo: number;
  readonly recordedAtMs: number;
}

/** Recording for the service: the store owns the transaction and commits in groups. */
export interface RecordStore {
  /** Each item is atomic with its rows; answers are in the order of the items. Never rejects for a single item's sake. */
  recordAttestations(drafts: readonly RecordDraft[]): Promise<readonly RecordResult[]>;
  /** Other events (own OCSF body); `recordId` is `metadata.uid`. `source`: see `RecordSource`. */
  recordEvents(
    drafts: readonly (RecordDraft & { readonly source: 'admin' | 'external' })[],
  ): Promise<readonly RecordResult[]>;
  readAttestation(attestationId: string): Promise<StoredRecord | undefined>;
}
