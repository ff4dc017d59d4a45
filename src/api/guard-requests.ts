import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RouteParts } from './api-parts.ts';
import { authenticate } from './authenticate.ts';
import { KeyUse } from './key-use.ts';
import { type Principal, requireScope } from './principal.ts';
import { outsideOrigin } from './sign-in/outside-origin.ts';
import { requireSameOrigin } from './sign-in/same-origin.ts';
import { sessionTokenOf } from './sign-in/session-cookie.ts';

/**
 * Stands before every route: first how much is in work, then who asks, then what they may do. A route must name its scope, or
 * be `open` or for all who are `signedIn`; else the start fails, so that no route can be forgotten.
 */
export function guardRequests(app: FastifyInstance, parts: RouteParts, docsPrefix: string): void {
  const keyUse = new KeyUse(parts.store.admin, parts.logger);
  const isOpen = (request: FastifyRequest): boolean =>
    request.is404 ||
    request.routeOptions.config.open === true ||
    isDocs(request.routeOptions.url, docsPrefix);

  app.addHook('onRoute', ({ url, config }) => {
    const said = config?.open === true || config?.signedIn === true || config?.scope !== undefined;
    if (!said && !isDocs(url, docsPrefix)) {
      throw new Error(`the route ${url} names no scope and is not open`);
    }
  });

  app.addHook('onRequest', async (request, reply) => {
    const leave = parts.admission.enter(announcedBytes(request));
    parts.metrics.inFlight(parts.admission.requests);
    reply.raw.once('close', () => {
      leave();
      parts.metrics.inFlight(parts.admission.requests);
    });
    if (isOpen(request)) return;
    const nowMs = parts.clock.nowMs();
    const principal = await principalOf(parts, request, nowMs);
    request.principal = principal;
    if (principal.apiKeyId !== undefined) keyUse.used(principal.apiKeyId, nowMs);
    const { scope } = request.routeOptions.config;
    if (scope !== undefined) requireScope(principal, scope);
  });
}

/** A header that names a key is all that counts; only without one is the browser's cookie looked at. Throws `unauthenticated`. */
async function principalOf(parts: RouteParts, request: FastifyRequest, nowMs: number): Promise<Principal> {
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

function isDocs(url: string | undefined, docsPrefix: string): boolean {
  return url === docsPrefix || url?.startsWith(`${docsPrefix}/`) === true;
}

/** The body's length as announced; what its route takes at most when it is not. A longer one is refused unread. */
function announcedBytes(request: FastifyRequest): number {
  const { bodyLimit } = request.routeOptions;
  if (request.headers['transfer-encoding'] !== undefined) return bodyLimit;
  return Math.min(Number(request.headers['content-length'] ?? 0) || 0, bodyLimit);
}
