import { hash } from 'node:crypto';
import type { Checkpoint } from './checkpoint.ts';
import { formatRanges } from './number-ranges.ts';

const NONE = '-';

/**
 * The bytes that are signed and whose SHA-256 the next checkpoint names: one line for each fact, a name, a space, a value and a
 * line feed, always all of them and in this order; `chain` only where there is one. Anybody can make them from the fields of the
 * event, with any tool.
 */
export function checkpointStatement(checkpoint: Checkpoint): string {
  const { previous, nextKey, nextDueMs, untaken, chain } = checkpoint;
  return `aegis-siem checkpoint 1
stream ${checkpoint.stream}
epoch ${checkpoint.epoch}
seq ${checkpoint.seq}
from_seq ${checkpoint.fromSeq}
to_seq ${checkpoint.toSeq}
delivered ${checkpoint.delivered}
tombstoned ${checkpoint.tombstoned}
checkpoints ${checkpoint.checkpoints}
left_out ${checkpoint.leftOut}
tombstones ${formatRanges(checkpoint.tombstones) || NONE}
untaken ${untaken.map(({ seq, sha256 }) => `${seq}:${sha256}`).join(',') || NONE}
filters ${checkpoint.filters.join(',') || NONE}
root ${checkpoint.root}
previous ${previous === undefined ? NONE : `${previous.epoch}/${previous.seq}/${previous.sha256}`}
made_at ${timeText(checkpoint.madeAtMs)}
next_due ${nextDueMs === undefined ? 'stopped' : timeText(nextDueMs)}
key_id ${checkpoint.keyId}
next_key ${nextKey === undefined ? NONE : `${nextKey.keyId}/${nextKey.publicKey}`}
${chain === undefined ? '' : `chain ${chain.linkNo}/${chain.sha256}\n`}`;
}

/** SHA-256 of the statement, in hex: the name of a checkpoint. */
export function checkpointSha256(checkpoint: Checkpoint): string {
  return hash('sha256', checkpointStatement(checkpoint));
}

export function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
