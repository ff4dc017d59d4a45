import type { ApiKey, AuditRecord, Page, PageQuery, WorkspaceScope } from '../admin-store.ts';
import { decodeCursor } from '../cursor.ts';
import { appendAudit } from './audit.ts';
import { integer, text } from '../column.ts';
import type { Statements } from './database.ts';
import { apiKeyOf } from '../api-key-row.ts';
import { pageOf } from '../page.ts';

export async function createApiKey(statements: Statements, key: ApiKey, audit: AuditRecord): Promise<void> {
  await statements.run(
    `insert into @schema@.aegis_siem_api_keys (api_key_id, name, workspace_id, scopes, secret_sha256, created_at, expires_at,
       last_used_at, revoked_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      key.apiKeyId,
      key.name,
      key.workspaceId ?? null,
      JSON.stringify(key.scopes),
      key.secretSha256,
      Math.floor(key.createdAtMs),
      key.expiresAtMs ?? null,
      key.lastUsedAtMs ?? null,
      key.revokedAtMs ?? null,
    ],
  );
  await appendAudit(statements, audit);
}

export async function readApiKey(statements: Statements, apiKeyId: string): Promise<ApiKey | undefined> {
  const row = await statements.first('select * from @schema@.aegis_siem_api_keys where api_key_id = $1', [
    apiKeyId,
  ]);
  return row === undefined ? undefined : apiKeyOf(row);
}

/** Oldest first; revoked ones stay in the list, with their time. */
export async function listApiKeys(
  statements: Statements,
  scope: WorkspaceScope,
  page: PageQuery,
): Promise<Page<ApiKey>> {
  const [createdAt, apiKeyId] =
    page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number', 'string']);
  const rows = await statements.all(
    `select * from @schema@.aegis_siem_api_keys
     where ($1::text is null or workspace_id = $1) and (created_at, api_key_id) > ($2::bigint, $3::text)
     order by created_at, api_key_id limit $4`,
    [scope.workspaceId ?? null, createdAt ?? -1, apiKeyId ?? '', page.limit + 1],
  );
  return pageOf(rows, page, (row) => [integer(row, 'created_at'), text(row, 'api_key_id')], apiKeyOf);
}

/** False, and nothing written, when the key is unknown, outside of the scope or revoked already. */
export async function revokeApiKey(
  statements: Statements,
  apiKeyId: string,
  scope: WorkspaceScope,
  audit: AuditRecord,
): Promise<boolean> {
  const revoked = await statements.run(
    `update @schema@.aegis_siem_api_keys set revoked_at = $1
     where api_key_id = $2 and revoked_at is null and ($3::text is null or workspace_id = $3)`,
    [Math.floor(audit.atMs), apiKeyId, scope.workspaceId ?? null],
  );
  if (revoked === 0) return false;
  await appendAudit(statements, audit);
  return true;
}

export async function touchApiKey(statements: Statements, apiKeyId: string, atMs: number): Promise<void> {
  await statements.run('update @schema@.aegis_siem_api_keys set last_used_at = $1 where api_key_id = $2', [
    Math.floor(atMs),
    apiKeyId,
  ]);
}

export async function hasApiKeys(statements: Statements): Promise<boolean> {
  return (
    (await statements.first('select 1 as there from @schema@.aegis_siem_api_keys limit 1')) !== undefined
  );
}
