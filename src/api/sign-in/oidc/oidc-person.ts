import type { JWTPayload } from 'jose';
import { visibleText } from '../../../ocsf/visible-text.ts';
import type { Principal } from '../../principal.ts';
import { grantFor, type OidcGrant } from './oidc-grants.ts';

/** Characters of what a provider says of a person that are kept. */
const MAX_NAME_CHARS = 200;
const MAX_SUBJECT_CHARS = 255;

/** The principal that verified claims stand for; undefined when no grant fits, so that nobody gets in by being known. */
export function personOf(
  issuer: string,
  claims: JWTPayload,
  grants: readonly OidcGrant[],
): Principal | undefined {
  const { sub, exp } = claims;
  if (sub === undefined || sub === '' || sub.length > MAX_SUBJECT_CHARS || exp === undefined)
    return undefined;
  const grant = grantFor(grants, claims);
  if (grant === undefined) return undefined;
  return {
    actor: visibleText(`person:${issuer}#${sub}`),
    name: nameOf(claims) ?? visibleText(sub),
    scopes: grant.scopes,
    expiresAtMs: exp * 1_000,
    ...(grant.workspaceId === undefined ? {} : { workspaceId: grant.workspaceId }),
  };
}

function nameOf(claims: JWTPayload): string | undefined {
  for (const claim of ['name', 'preferred_username', 'email']) {
    const value = claims[claim];
    if (typeof value === 'string' && value.trim() !== '') return visibleText(value.slice(0, MAX_NAME_CHARS));
  }
  return undefined;
}
