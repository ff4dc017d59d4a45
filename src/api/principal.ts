import type { ApiKey, WorkspaceScope } from '../store/admin-store.ts';
import type { Session } from '../store/session-store.ts';
import { Problem } from './problem.ts';
import type { Scope } from './scopes.ts';

/** Who makes a request: an API key, or a person who signed in. */
export interface Principal {
  /** How the audit trail names it: `api_key:<id>`, `person:<issuer>#<subject>`. */
  readonly actor: string;
  /** For people to read. */
  readonly name: string;
  /** The key that stands behind it, also behind a session that was begun with a key. */
  readonly apiKeyId?: string;
  /** Absent: not bound to a workspace. */
  readonly workspaceId?: string;
  readonly scopes: readonly string[];
  /** When the key or token ends by itself. */
  readonly expiresAtMs?: number;
  /** The browser session that carries the request. */
  readonly session?: Session;
}

/** The principal that an API key stands for. */
export function keyPrincipal(key: ApiKey): Principal {
  return {
    actor: `api_key:${key.apiKeyId}`,
    name: key.name,
    apiKeyId: key.apiKeyId,
    scopes: key.scopes,
    ...(key.workspaceId === undefined ? {} : { workspaceId: key.workspaceId }),
    ...(key.expiresAtMs === undefined ? {} : { expiresAtMs: key.expiresAtMs }),
  };
}

export function hasScope(principal: Principal, scope: Scope): boolean {
  return principal.scopes.includes(scope) || principal.scopes.includes('admin');
}

/** Throws `missing_scope`. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (!hasScope(principal, scope)) {
    throw new Problem('missing_scope', `This needs the scope ${scope}.`, { extra: { scope } });
  }
}

/** True for a key that is bound to no workspace, and for the key's own workspace. */
export function mayUseWorkspace(principal: Principal, workspaceId: string): boolean {
  return principal.workspaceId === undefined || principal.workspaceId === workspaceId;
}

/** What the principal can see, for the store's queries: what it may not see does not exist for it. */
export function scopeOf(principal: Principal): WorkspaceScope {
  return principal.workspaceId === undefined ? {} : { workspaceId: principal.workspaceId };
}
