import type { ProofStore, StoredCheckpointKey } from '../outbox/proof-store.ts';
import {
  type CheckpointKey,
  makeCheckpointKey,
  openCheckpointKey,
  privateKeyDer,
  publicKeyBase64,
} from '../proof/checkpoint-key.ts';
import type { SealContext, Sealer } from '../secrets/sealer.ts';

/** A new signing key, its private part sealed. */
export function newStoredKey(sealer: Sealer, createdAtMs: number): StoredCheckpointKey {
  const key = makeCheckpointKey();
  return {
    keyId: key.keyId,
    sealed: sealer.seal(Buffer.from(privateKeyDer(key)).toString('base64'), checkpointKeyContext(key.keyId)),
    publicKey: publicKeyBase64(key),
    createdAtMs,
  };
}

/** Opens the signing keys of a store, newest first. Throws `UnsealError` for the first that does not open. */
export async function openCheckpointKeys(
  store: Pick<ProofStore, 'checkpointKeys'>,
  sealer: Sealer,
): Promise<readonly CheckpointKey[]> {
  const stored = await store.checkpointKeys();
  return stored.map(({ keyId, sealed }) =>
    openCheckpointKey(Buffer.from(sealer.open(sealed, checkpointKeyContext(keyId)), 'base64')),
  );
}

/** The key belongs to the service and to no destination: bound to its own id, it opens in no other row. */
export function checkpointKeyContext(keyId: string): SealContext {
  return { workspaceId: 'aegis-system', destinationId: `checkpoint-key:${keyId}`, field: 'private_key' };
}
