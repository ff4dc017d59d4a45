import type { FastifyRequest } from 'fastify';
import type { RouteParts } from './api-parts.ts';
import { authenticate } from './authenticate.ts';
import type { Principal } from './principal.ts';
import { outsideOrigin } from './sign-in/outside-origin.ts';
import { requireSameOrigin } from './sign-in/same-origin.ts';
import { sessionTokenOf } from './sign-in/session-cookie.ts';

/** A signed token of an identity provider (JWS in its compact form); an API key has no dots. */
const BEARER_TOKEN = /^Bearer +(?<token>[\w-]{1,4000}\.[\w-]{1,8000}\.[\w-]{1,2000})$/i;

/** Said by a page of a request that no person stands behind. Saying so can only end a session sooner. */
const UNATTENDED_HEADER = 'x-aegis-unattended';

/**
 * Who makes a request. A header that names a key or a token is all that counts; only without one is the browser's cookie looked at. Throws
 * `unauthenticated`, and for a token `no_access` and `sign_in_unavailable`.
 *
 * `isUnattended`: the route is one that pages hold open by themselves.
 */
export async function identify(
  parts: Pick<RouteParts, 'store' | 'sessions' | 'signIn' | 'oidc'>,
  request: Pick<FastifyRequest, 'headers' | 'method'>,
  nowMs: number,
  isUnattended = false,
): Promise<Principal> {
  const { authorization, cookie, host } = request.headers;
  const { publicUrl } = parts.signIn;
  if (authorization === undefined && cookie !== undefined) {
    const { origin, secure } = outsideOrigin(publicUrl, host);
    const token = sessionTokenOf(cookie, secure);
    if (token !== undefined) {
      requireSameOrigin(request.method, request.headers, origin);
      const isUse = !isUnattended && request.headers[UNATTENDED_HEADER] === undefined;
      return parts.sessions.principalOf(token, nowMs, isUse);
    }
  }
  const token = BEARER_TOKEN.exec(authorization ?? '')?.groups?.['token'];
  if (token !== undefined && parts.oidc !== undefined) return parts.oidc.principalOfToken(token);
  return authenticate(authorization, parts.store.admin, nowMs);
}
