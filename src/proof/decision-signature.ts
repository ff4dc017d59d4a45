import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { type DecisionFields, decisionStatement } from './decision-statement.ts';

/** A public key that signs decisions. `keyId`: absent where it may be the key behind any name. */
export interface DecisionKey {
  readonly keyId?: string;
  readonly key: KeyObject;
}

/** Reads an Ed25519 key in PEM: `public` for checking, `private` for signing. Throws `TypeError` for anything else. */
export function readDecisionKey(pem: string, part: 'public' | 'private'): KeyObject {
  if (part === 'public' && pem.includes('PRIVATE KEY'))
    throw new TypeError('this is a private key; give the public one');
  let key: KeyObject;
  try {
    key = part === 'private' ? createPrivateKey(pem) : createPublicKey(pem);
  } catch (cause) {
    throw new TypeError(`this is no ${part} key in PEM`, { cause });
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new TypeError(`this is a key of type ${key.asymmetricKeyType ?? 'unknown'}; it must be Ed25519`);
  return key;
}

/** `aegis-2026-01=key.pem` counts for signatures that name this key; `key.pem` for those that name none that was given so. */
export function splitKeyName(value: string): { readonly keyId?: string; readonly path: string } {
  const at = value.indexOf('=');
  return at === -1 ? { path: value } : { keyId: value.slice(0, at), path: value.slice(at + 1) };
}

/** The signature in base64, or undefined where a value has characters that a SIEM is sent in another form. */
export function signDecision(fields: DecisionFields, keyId: string, key: KeyObject): string | undefined {
  const statement = decisionStatement(fields, keyId);
  return statement === undefined ? undefined : sign(null, Buffer.from(statement), key).toString('base64');
}

export function isDecisionSignedBy(statement: string, signature: string, key: KeyObject): boolean {
  return verify(null, Buffer.from(statement), key, Buffer.from(signature, 'base64'));
}
