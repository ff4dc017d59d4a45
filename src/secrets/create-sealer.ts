import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SealContext, Sealer } from './sealer.ts';
import { SEALING_KEY_BYTES, type SealingKey } from './sealing-key.ts';
import { UnsealError } from './unseal-error.ts';

const ALGORITHM = 'aes-256-gcm';
const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals with AES-256-GCM under the first key, opens with any of them. The text is `v1.KEY_ID.NONCE.CIPHERTEXT_AND_TAG`
 * (base64url). What a value belongs to is bound as associated data: moved to another row, field or workspace, it does not
 * open.
 */
export function createSealer(keys: readonly SealingKey[]): Sealer {
  const [current] = keys;
  if (current === undefined) throw new TypeError('a sealer needs a key');
  for (const { keyId, key } of keys) {
    if (key.length !== SEALING_KEY_BYTES)
      throw new TypeError(`the key ${keyId} has not ${SEALING_KEY_BYTES} bytes`);
  }
  const byId = new Map(keys.map(({ keyId, key }) => [keyId, key]));
  return {
    keyId: current.keyId,
    seal(plain, context) {
      // UTF-8 has no form for half a character: another text would come back.
      if (!plain.isWellFormed()) throw new TypeError(`${context.field} is no well-formed text`);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, current.key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(associatedData(current.keyId, context));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [VERSION, current.keyId, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
    },
    open(text, context) {
      const { keyId, nonce, ciphertext, tag } = readSealed(text);
      const key = byId.get(keyId);
      if (key === undefined) throw new UnsealError('key_missing', `the key ${keyId} is not loaded`);
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(associatedData(keyId, context));
      decipher.setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
      } catch (error) {
        throw new UnsealError(
          'wrong_context',
          `the sealed ${context.field} was changed or belongs to another place`,
          { cause: error },
        );
      }
    },
  };
}

/** The id of the key that sealed a value. Throws `UnsealError` (`malformed`). */
export function keyIdOf(sealed: string): string {
  return readSealed(sealed).keyId;
}

function readSealed(text: string): { keyId: string; nonce: Buffer; ciphertext: Buffer; tag: Buffer } {
  const [version, keyId, nonceText, sealedText, ...rest] = text.split('.');
  const nonce = exactBase64Url(nonceText);
  const sealed = exactBase64Url(sealedText);
  if (
    version !== VERSION ||
    keyId === undefined ||
    keyId === '' ||
    rest.length > 0 ||
    nonce?.length !== NONCE_BYTES ||
    sealed === undefined ||
    sealed.length < TAG_BYTES
  ) {
    throw new UnsealError('malformed', 'the stored credential is no sealed value');
  }
  return { keyId, nonce, ciphertext: sealed.subarray(0, -TAG_BYTES), tag: sealed.subarray(-TAG_BYTES) };
}

/** Decoding alone would pass over what does not belong: two texts would stand for one value. */
function exactBase64Url(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

/** JSON keeps the parts apart: no two contexts give the same bytes. */
function associatedData(keyId: string, { workspaceId, destinationId, field }: SealContext): Buffer {
  return Buffer.from(
    JSON.stringify(['aegis-siem/credential', VERSION, keyId, workspaceId, destinationId, field]),
  );
}
