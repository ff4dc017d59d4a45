import type { JWTPayload } from 'jose';
import { isScope, type Scope } from '../../scopes.ts';

/** What people may do of whom the identity provider says something: the operator's own word, never the provider's. */
export interface OidcGrant {
  readonly claim: string;
  /** The claim is this text, or a list that has it. */
  readonly value: string;
  readonly scopes: readonly Scope[];
  /** Absent: all workspaces. */
  readonly workspaceId?: string;
}

const MAX_GRANTS = 200;
const FIELDS = new Set(['claim', 'value', 'scopes', 'workspace_id']);

/**
 * Reads the list of grants, a JSON array of `{claim, value, scopes, workspace_id?}`. Throws an `Error` that says which entry
 * cannot be used and why.
 */
export function parseOidcGrants(text: string): readonly OidcGrant[] {
  const list = parsed(text);
  if (!Array.isArray(list)) throw new Error('must be a JSON array of {claim, value, scopes, workspace_id?}');
  if (list.length === 0 || list.length > MAX_GRANTS) throw new Error(`must have 1 to ${MAX_GRANTS} entries`);
  return list.map((entry: unknown, index) => grantOf(entry, `entry ${index + 1}`));
}

/** The first grant that fits, in the operator's order; undefined: this person may nothing. */
export function grantFor(grants: readonly OidcGrant[], claims: JWTPayload): OidcGrant | undefined {
  return grants.find(({ claim, value }) => {
    const said = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    return Array.isArray(said) ? said.includes(value) : said === value;
  });
}

function grantOf(entry: unknown, where: string): OidcGrant {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw new Error(`${where} must be an object`);
  }
  const { claim, value, scopes, workspace_id: workspaceId } = entry as Record<string, unknown>;
  const unknown = Object.keys(entry).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) throw new Error(`${where}: there is no field "${unknown.slice(0, 40)}"`);
  if (typeof claim !== 'string' || claim === '' || typeof value !== 'string' || value === '') {
    throw new Error(`${where}: claim and value must be texts`);
  }
  if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every(isScopeText)) {
    throw new Error(`${where}: scopes must be a list of scopes`);
  }
  if (workspaceId !== undefined && (typeof workspaceId !== 'string' || workspaceId === '')) {
    throw new Error(`${where}: workspace_id must be a text, or left out for all workspaces`);
  }
  return { claim, value, scopes, ...(workspaceId === undefined ? {} : { workspaceId }) };
}

function isScopeText(value: unknown): value is Scope {
  return typeof value === 'string' && isScope(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is wrong is said by the caller, in the same words as for JSON of another shape.
    return undefined;
  }
}
