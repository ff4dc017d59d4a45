import { integer, json, maybeText, present, text } from './column.ts';
import type { StoredRow } from './column.ts';
import type { Session } from './session-store.ts';

/** A row of `aegis_siem_sessions`. */
export function sessionOf(row: StoredRow): Session {
  return {
    sessionSha256: text(row, 'session_sha256'),
    ...present('apiKeyId', maybeText(row, 'api_key_id')),
    actor: text(row, 'actor'),
    name: text(row, 'name'),
    ...present('workspaceId', maybeText(row, 'workspace_id')),
    scopes: json(row, 'scopes') as string[],
    createdAtMs: integer(row, 'created_at'),
    idleUntilMs: integer(row, 'idle_until'),
    expiresAtMs: integer(row, 'expires_at'),
  };
}
