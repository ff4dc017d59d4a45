import { createHmac } from 'node:crypto';

/** The credential of a destination that `hash` is keyed with. Every type of destination may have it; no SIEM gets it. */
export const REDACTION_KEY = 'redaction_key';

export const MIN_KEY_CHARS = 32;
export const MAX_KEY_CHARS = 512;
const KEY_BYTES = 32;
const KEY_NAME_DIGITS = 16;

/** Thrown when rules cannot be carried out because their key is not there or cannot be opened. Nothing is then rendered. */
export class RedactionKeyError extends Error {
  override readonly name = 'RedactionKeyError';
  readonly code: 'redaction_key_missing' | 'redaction_key_unreadable';

  constructor(code: RedactionKeyError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The bytes of a key: 32 bytes in base64, else the text itself in UTF-8, as `openssl dgst -hmac` takes it. */
export function keyBytes(text: string): Uint8Array {
  const decoded = Buffer.from(text, 'base64');
  return decoded.length === KEY_BYTES && decoded.toString('base64') === text ? decoded : Buffer.from(text);
}

/** Tells two keys apart without telling either. */
export function keyName(key: Uint8Array): string {
  return createHmac('sha256', key).update('aegis-siem/redaction-key').digest('hex').slice(0, KEY_NAME_DIGITS);
}
