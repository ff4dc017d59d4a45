import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SealContext, Sealer } from './sealer.ts';
import { SEALING_KEY_BYTES, type SealingKey } from './sealing-key.ts';
import { isFernetToken, openFernet } from './fernet.ts';
import { UnsealError } from './unseal-error.ts';

const ALGORITHM = 'aes-256-gcm';
const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals with AES-256-GCM under the first key, opens with any of them. The text is `v1.KEY_ID.NONCE.CIPHERTEXT_AND_TAG`
 * (base64url). What a value belongs to is bound as associated data: moved to another row, field or workspace, it does not
 * open. A Fernet token, the form of the original system, opens too where one of the keys is for it.
 */
export function createSealer(keys: readonly SealingKey[]): Sealer {
  const current = keys.find(({ form }) => form === undefined);
  if (current === undefined) throw new TypeError('a sealer needs a key');
  for (const { keyId, key } of keys) {
    if (key.length !== SEALING_KEY_BYTES)
      throw new TypeError(`the key ${keyId} has not ${SEALING_KEY_BYTES} bytes`);
  }
  const ofForm = (wanted: SealingKey['form']): readonly SealingKey[] =>
    keys.filter(({ form }) => form === wanted);
  const byId = new Map(ofForm(undefined).map(({ keyId, key }) => [keyId, key]));
  const fernetKeys = ofForm('fernet');
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
      if (isFernetToken(text)) return openWithAny(text, fernetKeys);
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

/** Stands for the key id of a Fernet token, which names none. */
export const FERNET_KEY_ID = 'fernet';

/** The id of the key that sealed a value. Throws `UnsealError` (`malformed`). */
export function keyIdOf(sealed: string): string {
  return isFernetToken(sealed) ? FERNET_KEY_ID : readSealed(sealed).keyId;
}

/** A Fernet token does not say which key made it. */
function openWithAny(token: string, keys: readonly SealingKey[]): string {
  for (const { key } of keys) {
    try {
      return openFernet(token, key);
    } catch (error) {
      if (!(error instanceof UnsealError) || error.code !== 'wrong_context') throw error;
    }
  }
  throw new UnsealError('key_missing', 'no key is loaded that opens this Fernet token');
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
