import type { ApiKey } from './admin-store.ts';
import { integer, json, maybeInteger, maybeText, present, text } from './column.ts';
import type { StoredRow } from './column.ts';

/** A row of `aegis_siem_api_keys`. */
export function apiKeyOf(row: StoredRow): ApiKey {
  return {
    apiKeyId: text(row, 'api_key_id'),
    name: text(row, 'name'),
    ...present('workspaceId', maybeText(row, 'workspace_id')),
    scopes: json(row, 'scopes') as string[],
    secretSha256: text(row, 'secret_sha256'),
    createdAtMs: integer(row, 'created_at'),
    ...present('expiresAtMs', maybeInteger(row, 'expires_at')),
    ...present('lastUsedAtMs', maybeInteger(row, 'last_used_at')),
    ...present('revokedAtMs', maybeInteger(row, 'revoked_at')),
  };
}
