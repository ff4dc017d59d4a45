import type { Destination } from '../outbox/destination.ts';
import type { ProofStore } from '../outbox/proof-store.ts';
import type { SignedCheckpoint } from '../proof/checkpoint.ts';
import { readCheckpoint } from '../proof/read-checkpoint.ts';
import { timeOrNull, timeText } from './time-text.ts';

/** A checkpoint may come a little after its time: it is made between two batches, and has to be taken. */
const CHECKPOINT_GRACE_MS = 60_000;

/** The last word of a stream about itself, and whether its next one is later than it promised. */
export interface LastCheckpoint {
  readonly checkpoint: SignedCheckpoint | undefined;
  readonly overdue: boolean;
}

/** Reads it from the store, by its key. A body that a hand has changed is no checkpoint to show; `verify` is there to judge it. */
export async function lastCheckpoint(
  proof: Pick<ProofStore, 'lastCheckpoint'>,
  { destinationNo, state }: Pick<Destination, 'destinationNo' | 'state'>,
  nowMs: number,
): Promise<LastCheckpoint> {
  const stored = await proof.lastCheckpoint(destinationNo);
  const read = stored === undefined ? undefined : readCheckpoint(parsed(stored.body));
  if (read?.ok !== true) return { checkpoint: undefined, overdue: false };
  const { nextDueMs } = read.checkpoint;
  const overdue = nextDueMs !== undefined && state === 'active' && nowMs > nextDueMs + CHECKPOINT_GRACE_MS;
  return { checkpoint: read.checkpoint, overdue };
}

/** As the overview shows it. */
export function checkpointView({ checkpoint, overdue }: LastCheckpoint): object | null {
  if (checkpoint === undefined) return null;
  const { epoch, seq, toSeq, madeAtMs, nextDueMs } = checkpoint;
  return {
    epoch,
    seq,
    covers_to_seq: toSeq,
    made_at: timeText(madeAtMs),
    next_due: timeOrNull(nextDueMs),
    overdue,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // No JSON, and so no checkpoint either.
    return undefined;
  }
}
