import type { ChainVerdict } from './judge-chain.ts';
import type { StoreStream } from './judge-store-stream.ts';
import type { Deletion } from './read-deletion.ts';

/** Why no further checkpoint of a stream will come. */
export interface StreamEnd {
  readonly epoch: string;
  readonly because: string;
  /** Where the chain tells it. */
  readonly deletion?: Deletion;
  /** Receipts are too young to have gone by age. */
  readonly isWhole: boolean;
}

/**
 * The end of a stream whose destination was deleted. The row of the destination proves nothing: what does is the record of the
 * deletion, in the chain. Where records were removed on purpose it may be among those.
 */
export function streamEndOf(
  { destinationId, epoch, isDeleted }: StoreStream,
  { deletions, pruned }: ChainVerdict,
  { asOfMs, retentionMs }: { readonly asOfMs: number; readonly retentionMs?: number },
): StreamEnd | undefined {
  if (!isDeleted) return undefined;
  const deletion = deletions.get(destinationId);
  if (deletion !== undefined) {
    const { atMs, recordNo } = deletion;
    const because = `the destination was deleted at ${new Date(atMs).toISOString()}, which record ${recordNo} of the chain tells`;
    return { epoch, because, deletion, isWhole: retentionMs === undefined || atMs >= asOfMs - retentionMs };
  }
  if (pruned === 0) return undefined;
  const because = `the destination is deleted, and the record of it may be among the ${pruned} that were removed on purpose`;
  return { epoch, because, isWhole: false };
}
