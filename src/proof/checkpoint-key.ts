import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { Checkpoint, SignedCheckpoint } from './checkpoint.ts';
import { checkpointStatement } from './checkpoint-statement.ts';

/** Hex digits of a key id: 64 bits of the SHA-256 of the public key's SubjectPublicKeyInfo. */
const KEY_ID_DIGITS = 16;

/** An Ed25519 key as people and checkpoints name it. */
export interface PublicCheckpointKey {
  readonly keyId: string;
  readonly key: KeyObject;
}

/** With the private part. */
export interface CheckpointKey extends PublicCheckpointKey {
  readonly privateKey: KeyObject;
}

export function makeCheckpointKey(): CheckpointKey {
  return checkpointKeyOf(generateKeyPairSync('ed25519').privateKey);
}

/** The key of a private part in PKCS#8 DER, as `privateKeyDer` gives it. */
export function openCheckpointKey(der: Uint8Array): CheckpointKey {
  return checkpointKeyOf(createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }));
}

export function privateKeyDer({ privateKey }: CheckpointKey): Uint8Array {
  return privateKey.export({ format: 'der', type: 'pkcs8' });
}

/** Reads `-----BEGIN PUBLIC KEY-----`. Throws `TypeError` for anything else, a private key too. */
export function readPublicKey(pem: string): PublicCheckpointKey {
  if (pem.includes('PRIVATE KEY')) throw new TypeError('this is a private key; give the public one');
  let key: KeyObject;
  try {
    key = createPublicKey({ key: pem, format: 'pem' });
  } catch (cause) {
    throw new TypeError('this is no public key in PEM', { cause });
  }
  return publicKeyOf(key);
}

/** Reads the SubjectPublicKeyInfo that a checkpoint names as its next key. Undefined when it is no Ed25519 key. */
export function readNextKey(base64: string): PublicCheckpointKey | undefined {
  try {
    return publicKeyOf(createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' }));
  } catch {
    // The checkpoint that names it is reported as what it is; nothing is signed by a key that is none.
    return undefined;
  }
}

export function publicKeyPem({ key }: PublicCheckpointKey): string {
  return key.export({ format: 'pem', type: 'spki' });
}

/** SubjectPublicKeyInfo in base64, as it stands in a checkpoint. */
export function publicKeyBase64({ key }: PublicCheckpointKey): string {
  return spki(key).toString('base64');
}

export function signCheckpoint(checkpoint: Checkpoint, { privateKey }: CheckpointKey): SignedCheckpoint {
  const signature = sign(null, Buffer.from(checkpointStatement(checkpoint)), privateKey).toString('base64');
  return { ...checkpoint, signature };
}

export function isSignedBy(checkpoint: SignedCheckpoint, { key }: PublicCheckpointKey): boolean {
  const statement = Buffer.from(checkpointStatement(checkpoint));
  return verify(null, statement, key, Buffer.from(checkpoint.signature, 'base64'));
}

function checkpointKeyOf(privateKey: KeyObject): CheckpointKey {
  return { ...publicKeyOf(createPublicKey(privateKey)), privateKey };
}

function publicKeyOf(key: KeyObject): PublicCheckpointKey {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new TypeError(
      `this is a key of type ${key.asymmetricKeyType ?? 'unknown'}; checkpoints are signed with Ed25519`,
    );
  return { keyId: hash('sha256', spki(key)).slice(0, KEY_ID_DIGITS), key };
}

function spki(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}
