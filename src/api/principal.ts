import type { WorkspaceScope } from '../store/admin-store.ts';
import { Problem } from './problem.ts';
import type { Scope } from './scopes.ts';

/** Who makes a request: the API key that it carries. */
export interface Principal {
  readonly apiKeyId: string;
  /** Absent: not bound to a workspace. */
  readonly workspaceId?: string;
  readonly scopes: readonly string[];
}

/** How the principal is named in the audit trail. */
export function actorOf(principal: Principal): string {
  return `api_key:${principal.apiKeyId}`;
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
