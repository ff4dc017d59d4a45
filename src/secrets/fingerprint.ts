import { createHmac } from 'node:crypto';

const FINGERPRINT_HEX_DIGITS = 12;

/** Tells whether two secrets are the same without telling either: keyed, so that it cannot be guessed offline. */
export function fingerprint(secret: string, key: Uint8Array): string {
  return createHmac('sha256', key)
    .update('aegis-siem/fingerprint')
    .update(secret)
    .digest('hex')
    .slice(0, FINGERPRINT_HEX_DIGITS);
}
