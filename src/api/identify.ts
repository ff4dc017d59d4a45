import type { FastifyRequest } from 'fastify';
import type { RouteParts } from './api-parts.ts';
import { authenticate } from './authenticate.ts';
import type { Principal } from './principal.ts';
import { outsideOrigin } from './sign-in/outside-origin.ts';
import { requireSameOrigin } from './sign-in/same-origin.ts';
import { sessionTokenOf } from './sign-in/session-cookie.ts';

/**
 * Who makes a request. A header that names a key is all that counts; only without one is the browser's cookie looked at. Throws
 * `unauthenticated`.
 */
export async function identify(
  parts: Pick<RouteParts, 'store' | 'sessions' | 'signIn'>,
  request: Pick<FastifyRequest, 'headers' | 'method'>,
  nowMs: number,
): Promise<Principal> {
  const { authorization, cookie, host } = request.headers;
  const { publicUrl } = parts.signIn;
  if (authorization === undefined && cookie !== undefined) {
    const { origin, secure } = outsideOrigin(publicUrl, host);
    const token = sessionTokenOf(cookie, secure);
    if (token !== undefined) {
      requireSameOrigin(request.method, request.headers, origin);
      return parts.sessions.principalOf(token, nowMs);
    }
  }
  return authenticate(authorization, parts.store.admin, nowMs);
}
