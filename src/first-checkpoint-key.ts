import type { ApiParts } from './api/api-parts.ts';
import { SERVICE_WORKSPACE } from './api/request-context.ts';
import { newStoredKey } from './delivery/checkpoint-keyring.ts';
import type { Sealer } from './secrets/sealer.ts';
import type { Store } from './store/store.ts';

export interface FirstCheckpointKeyParts extends Pick<ApiParts, 'clock' | 'random'> {
  readonly store: Pick<Store, 'admin' | 'proof'>;
  readonly sealer: Sealer;
  readonly onMade: (keyId: string) => void;
}

/** On the first start of a store: makes the key that signs checkpoints. Of processes that start at once, one makes it. */
export async function makeFirstCheckpointKey(parts: FirstCheckpointKeyParts): Promise<void> {
  const { store, sealer, clock, random, onMade } = parts;
  if ((await store.proof.checkpointKeys()).length > 0) return;
  const key = newStoredKey(sealer, clock.nowMs());
  const isMade = await store.admin.addCheckpointKey(key, undefined, {
    auditId: random.uuid(),
    atMs: clock.nowMs(),
    workspaceId: SERVICE_WORKSPACE,
    actor: 'first_start',
    action: 'checkpoint_key.made',
    subjectId: key.keyId,
    after: JSON.stringify({ key_id: key.keyId, public_key: key.publicKey }),
  });
  if (isMade) onMade(key.keyId);
}
