import type { SignedCheckpoint } from '../proof/checkpoint.ts';
import { isSignedBy, type PublicCheckpointKey, readNextKey } from '../proof/checkpoint-key.ts';
import { checkpointSha256 } from '../proof/checkpoint-statement.ts';
import type { Finding, FindingName } from './finding.ts';

/** A checkpoint whose signature was made by a key that is trusted. */
export interface ProvenCheckpoint {
  readonly checkpoint: SignedCheckpoint;
  /** Of its statement. */
  readonly sha256: string;
  /** That signed it. */
  readonly key: PublicCheckpointKey;
}

export interface CheckpointProofs {
  readonly proven: readonly ProvenCheckpoint[];
  readonly findings: readonly Finding[];
}

/**
 * Holds checkpoints of all streams against the keys that were given, and those that proven checkpoints name as the next ones, in
 * whatever order they come.
 */
export function proveCheckpoints(
  checkpoints: readonly SignedCheckpoint[],
  keys: readonly PublicCheckpointKey[],
): CheckpointProofs {
  const trusted = new Map(keys.map((key) => [key.keyId, key]));
  const proven = new Map<string, ProvenCheckpoint>();
  const findings: Finding[] = [];
  let waiting = checkpoints;
  let trustedBefore: number;
  do {
    trustedBefore = trusted.size;
    const unknown: SignedCheckpoint[] = [];
    for (const checkpoint of waiting) {
      const key = trusted.get(checkpoint.keyId);
      if (checkpoint.signature === '') findings.push(findingOf('unsigned', checkpoint, 'has no signature'));
      else if (key === undefined) unknown.push(checkpoint);
      else if (isSignedBy(checkpoint, key)) {
        const sha256 = checkpointSha256(checkpoint);
        proven.set(sha256, { checkpoint, sha256, key });
        trustNext(trusted, checkpoint);
      } else {
        findings.push(
          findingOf(
            'wrong_key',
            checkpoint,
            `was changed, or signed by another key than ${checkpoint.keyId}, which it names`,
          ),
        );
      }
    }
    waiting = unknown;
  } while (trusted.size > trustedBefore);
  for (const checkpoint of waiting) {
    findings.push(
      findingOf('unknown_key', checkpoint, `is signed with the key ${checkpoint.keyId}, which was not given`),
    );
  }
  return { proven: [...proven.values()], findings };
}

/** A key counts under the id that it has, whatever the checkpoint calls it. */
function trustNext(trusted: Map<string, PublicCheckpointKey>, { nextKey }: SignedCheckpoint): void {
  const key = nextKey === undefined ? undefined : readNextKey(nextKey.publicKey);
  if (key !== undefined && key.keyId === nextKey?.keyId && !trusted.has(key.keyId))
    trusted.set(key.keyId, key);
}

function findingOf(name: FindingName, { stream, epoch, seq }: SignedCheckpoint, what: string): Finding {
  return {
    name,
    severity: 'fault',
    stream,
    epoch,
    fromSeq: seq,
    toSeq: seq,
    count: 1,
    message: `The checkpoint at number ${seq} ${what}`,
  };
}
