import type { ApiKey, AuditRecord, Page, PageQuery, WorkspaceScope } from '../admin-store.ts';
import { decodeCursor } from '../cursor.ts';
import { appendAudit } from './audit.ts';
import { integer, text } from '../column.ts';
import { apiKeyOf } from '../api-key-row.ts';
import { pageOf } from '../page.ts';
import type { Statements } from './statements.ts';

export function createApiKey(statements: Statements, key: ApiKey, audit: AuditRecord): void {
  statements.run(
    `insert into aegis_siem_api_keys (api_key_id, name, workspace_id, scopes, secret_sha256, created_at, expires_at,
       last_used_at, revoked_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    key.apiKeyId,
    key.name,
    key.workspaceId ?? null,
    JSON.stringify(key.scopes),
    key.secretSha256,
    key.createdAtMs,
    key.expiresAtMs ?? null,
    key.lastUsedAtMs ?? null,
    key.revokedAtMs ?? null,
  );
  appendAudit(statements, audit);
}

export function readApiKey(statements: Statements, apiKeyId: string): ApiKey | undefined {
  const row = statements.first('select * from aegis_siem_api_keys where api_key_id = ?', apiKeyId);
  return row === undefined ? undefined : apiKeyOf(row);
}

/** Oldest first; revoked ones stay in the list, with their time. */
export function listApiKeys(statements: Statements, scope: WorkspaceScope, page: PageQuery): Page<ApiKey> {
  const [createdAt, apiKeyId] =
    page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number', 'string']);
  const rows = statements.all(
    `select * from aegis_siem_api_keys
     where (?1 is null or workspace_id = ?1) and (created_at, api_key_id) > (?2, ?3)
     order by created_at, api_key_id limit ?4`,
    scope.workspaceId ?? null,
    createdAt ?? -1,
    apiKeyId ?? '',
    page.limit + 1,
  );
  return pageOf(rows, page, (row) => [integer(row, 'created_at'), text(row, 'api_key_id')], apiKeyOf);
}

/** False, and nothing written, when the key is unknown, outside of the scope or revoked already. */
export function revokeApiKey(
  statements: Statements,
  apiKeyId: string,
  scope: WorkspaceScope,
  audit: AuditRecord,
): boolean {
  const revoked = statements.run(
    `update aegis_siem_api_keys set revoked_at = ?1
     where api_key_id = ?2 and revoked_at is null and (?3 is null or workspace_id = ?3)`,
    Math.floor(audit.atMs),
    apiKeyId,
    scope.workspaceId ?? null,
  );
  if (revoked === 0) return false;
  appendAudit(statements, audit);
  return true;
}

export function touchApiKey(statements: Statements, apiKeyId: string, atMs: number): void {
  statements.run(
    'update aegis_siem_api_keys set last_used_at = ? where api_key_id = ?',
    Math.floor(atMs),
    apiKeyId,
  );
}

export function hasApiKeys(statements: Statements): boolean {
  return statements.first('select 1 as there from aegis_siem_api_keys limit 1') !== undefined;
}
