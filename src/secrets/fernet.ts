import { createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { UnsealError } from './unseal-error.ts';

/** https://github.com/fernet/spec/blob/master/Spec.md: version, time, IV, AES-128-CBC ciphertext, HMAC-SHA256. */
const VERSION = 0x80;
const VERSION_BYTES = 1;
const TIME_BYTES = 8;
const IV_BYTES = 16;
const BLOCK_BYTES = 16;
const MAC_BYTES = 32;
const HEAD_BYTES = VERSION_BYTES + TIME_BYTES + IV_BYTES;
/** First half of a key signs, the second encrypts. */
const HALF_KEY_BYTES = 16;
/** A credential has at most some KB; a token beyond this is none. */
export const MAX_FERNET_CHARS = 256 * 1024;

/** How every Fernet token begins: the version byte, and a time before the year 2242. */
const BEGINNING = /^gAAAA/;

export function isFernetToken(text: string): boolean {
  return BEGINNING.test(text);
}

/**
 * Opens a Fernet token, the form in which the original system keeps credentials. Its age is not looked at: these tokens are kept,
 * not passed around. Nothing binds a token to its place; seal what it held anew and forget it. Throws `UnsealError`
 * (`malformed`; `wrong_context` where the key is another one or the token was changed).
 */
export function openFernet(token: string, key: Uint8Array): string {
  const bytes = decode(token);
  const signed = bytes.subarray(0, -MAC_BYTES);
  const mac = createHmac('sha256', key.subarray(0, HALF_KEY_BYTES)).update(signed).digest();
  // Before anything is decrypted: an answer about padding would tell an attacker the plaintext bit by bit.
  if (!timingSafeEqual(mac, bytes.subarray(-MAC_BYTES))) {
    throw new UnsealError('wrong_context', 'the Fernet token was changed or made with another key');
  }
  const iv = signed.subarray(VERSION_BYTES + TIME_BYTES, HEAD_BYTES);
  const decipher = createDecipheriv('aes-128-cbc', key.subarray(HALF_KEY_BYTES), iv);
  try {
    const plain = Buffer.concat([decipher.update(signed.subarray(HEAD_BYTES)), decipher.final()]);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain);
  } catch (cause) {
    throw new UnsealError('malformed', 'the Fernet token does not hold padded UTF-8 text', { cause });
  }
}

function decode(token: string): Buffer {
  const refuse = (): UnsealError => new UnsealError('malformed', 'the text is no Fernet token');
  if (token.length > MAX_FERNET_CHARS) throw refuse();
  const bytes = Buffer.from(token, 'base64url');
  // Decoding alone would pass over what does not belong. Padding may be left out, as many tools do.
  const unpadded = bytes.toString('base64url');
  const padded = unpadded.padEnd(Math.ceil(unpadded.length / 4) * 4, '=');
  if (token !== padded && token !== unpadded) throw refuse();
  const cipherBytes = bytes.length - HEAD_BYTES - MAC_BYTES;
  if (bytes[0] !== VERSION || cipherBytes < BLOCK_BYTES || cipherBytes % BLOCK_BYTES !== 0) throw refuse();
  return bytes;
}
