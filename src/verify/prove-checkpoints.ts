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

/** Takes checkpoints, and trusts the keys that proven ones name as the next. */
export class CheckpointProver {
  readonly #trusted: Map<string, PublicCheckpointKey>;

  constructor(keys: readonly PublicCheckpointKey[]) {
    this.#trusted = new Map(keys.map((key) => [key.keyId, key]));
  }

  get trustedKeys(): number {
    return this.#trusted.size;
  }

  /** Undefined where the key is not known: a checkpoint that comes later may vouch for it. */
  prove(checkpoint: SignedCheckpoint): ProvenCheckpoint | Finding | undefined {
    const { signature, keyId } = checkpoint;
    if (signature === '') return findingOf('unsigned', checkpoint, 'has no signature');
    const key = this.#trusted.get(keyId);
    if (key === undefined) return undefined;
    if (!isSignedBy(checkpoint, key)) {
      const what = `was changed, or signed by another key than ${keyId}, which it names`;
      return findingOf('wrong_key', checkpoint, what);
    }
    trustNext(this.#trusted, checkpoint);
    return { checkpoint, sha256: checkpointSha256(checkpoint), key };
  }
}

/**
 * Holds checkpoints of all streams against the keys that were given, and those that proven checkpoints name as the next ones, in
 * whatever order they come.
 */
export function proveCheckpoints(
  checkpoints: readonly SignedCheckpoint[],
  keys: readonly PublicCheckpointKey[],
): CheckpointProofs {
  const prover = new CheckpointProver(keys);
  const proven = new Map<string, ProvenCheckpoint>();
  const findings: Finding[] = [];
  let waiting = checkpoints;
  let trustedBefore: number;
  do {
    trustedBefore = prover.trustedKeys;
    const unknown: SignedCheckpoint[] = [];
    for (const checkpoint of waiting) {
      const found = prover.prove(checkpoint);
      if (found === undefined) unknown.push(checkpoint);
      else if ('sha256' in found) proven.set(found.sha256, found);
      else findings.push(found);
    }
    waiting = unknown;
  } while (prover.trustedKeys > trustedBefore);
  findings.push(...waiting.map(unknownKey));
  return { proven: [...proven.values()], findings };
}

/** A checkpoint whose key nothing vouched for. */
export function unknownKey(checkpoint: SignedCheckpoint): Finding {
  return findingOf(
    'unknown_key',
    checkpoint,
    `is signed with the key ${checkpoint.keyId}, which was not given`,
  );
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
