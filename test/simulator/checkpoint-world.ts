import { openCheckpointKey } from '../../src/proof/checkpoint-key.ts';

export const CHECKPOINT_MS = 10_000;

/** Ed25519 private key in PKCS#8, but for its 32 bytes. */
const PKCS8_HEAD = '302e020100300506032b657004220420';

/** The same in every world: a seed must give the same bytes each time. */
export const CHECKPOINT_KEY = openCheckpointKey(Buffer.from(PKCS8_HEAD + '07'.repeat(32), 'hex'));
