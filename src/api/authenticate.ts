import type { ApiKey } from '../store/admin-store.ts';
import { parseApiKey, sameDigest } from './api-key-text.ts';
import { keyPrincipal, type Principal } from './principal.ts';
import { Problem } from './problem.ts';

/** What is asked of the store: one key by its id. */
export interface ApiKeyReader {
  readApiKey(apiKeyId: string): Promise<ApiKey | undefined>;
}

/** Compared against when there is no such key, so that an unknown id and a wrong secret take the same way. */
const NO_DIGEST = '0'.repeat(64);
const BEARER = /^Bearer +(?<key>[A-Za-z0-9_-]{1,200})$/i;

/**
 * The principal of an `Authorization` header. The key is read from the store each time, so that a revocation counts at once.
 * Throws `unauthenticated`, always with the same words: an answer does not tell whether the id exists.
 */
export async function authenticate(
  header: string | undefined,
  keys: ApiKeyReader,
  nowMs: number,
): Promise<Principal> {
  const text = header === undefined ? undefined : BEARER.exec(header)?.groups?.['key'];
  return authenticateKey(text ?? '', keys, nowMs);
}

/** The principal of an API key's text. Throws `unauthenticated`. */
export async function authenticateKey(text: string, keys: ApiKeyReader, nowMs: number): Promise<Principal> {
  const parts = parseApiKey(text);
  if (parts === undefined) throw refused();
  const key = await keys.readApiKey(parts.apiKeyId);
  const right = sameDigest(key?.secretSha256 ?? NO_DIGEST, parts.secretSha256);
  if (key === undefined || !right || !isUsable(key, nowMs)) throw refused();
  return keyPrincipal(key);
}

export function isUsable(key: ApiKey, nowMs: number): boolean {
  return key.revokedAtMs === undefined && (key.expiresAtMs === undefined || key.expiresAtMs > nowMs);
}

function refused(): Problem {
  return new Problem('unauthenticated', 'Send a valid API key as "Authorization: Bearer aegis_...".');
}
