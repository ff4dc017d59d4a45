import { sign, verify } from 'node:crypto';
import type { CheckpointKey, PublicCheckpointKey } from './checkpoint-key.ts';

/** Ed25519 over the UTF-8 bytes of a statement, in base64. */
export function signText(statement: string, { privateKey }: CheckpointKey): string {
  return sign(null, Buffer.from(statement), privateKey).toString('base64');
}

export function isTextSignedBy(statement: string, signature: string, { key }: PublicCheckpointKey): boolean {
  return verify(null, Buffer.from(statement), key, Buffer.from(signature, 'base64'));
}
