import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * The text of an API key: `aegis_<id>_<secret><checksum>`.
 *
 * - id: 32 hex digits, the UUID of the key without hyphens.
 * - secret: 43 characters base64url, 256 random bits.
 * - checksum: 8 hex digits, the start of SHA-256 over all before it: a typing mistake or a cut copy is told without the
 *   store, and a scanner can tell a real key from a chance match.
 *
 * Only the SHA-256 of the secret is kept. A fast hash is right here: the secret is random, so there is nothing to guess.
 */
const FORM = /^aegis_(?<id>[0-9a-f]{32})_(?<secret>[A-Za-z0-9_-]{43})(?<checksum>[0-9a-f]{8})$/;
export const SECRET_BYTES = 32;

export interface ApiKeyParts {
  /** UUID with hyphens. */
  readonly apiKeyId: string;
  readonly secretSha256: string;
}

/** The key's text, from its UUID and 32 random bytes. */
export function formatApiKey(apiKeyId: string, secret: Uint8Array): string {
  if (secret.length !== SECRET_BYTES) throw new RangeError(`an API key's secret has ${SECRET_BYTES} bytes`);
  const body = `aegis_${apiKeyId.replaceAll('-', '')}_${Buffer.from(secret).toString('base64url')}`;
  return body + checksumOf(body);
}

/** Takes a key's text apart; undefined for any text that is not a key. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const { id, secret, checksum } = FORM.exec(text)?.groups ?? {};
  if (id === undefined || secret === undefined || checksum === undefined) return undefined;
  if (checksumOf(text.slice(0, -checksum.length)) !== checksum) return undefined;
  const apiKeyId = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { apiKeyId, secretSha256: createHash('sha256').update(secret).digest('hex') };
}

/** Compares two SHA-256 digests in hex in constant time. */
export function sameDigest(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, 'hex'), Buffer.from(right, 'hex')];
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b);
}

function checksumOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 8);
}
