import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RouteParts } from './api-parts.ts';
import { collectAccessRules } from './access-rules.ts';
import { identify } from './identify.ts';
import { requireHttp } from './http-limits.ts';
import { KeyUse } from './key-use.ts';
import { requireScope, scopeOf } from './principal.ts';
import { Problem } from './problem.ts';
import { TokenBuckets } from './token-buckets.ts';

/**
 * Stands before every route: first how much is in work, then who asks, then how often, then what they may do.
 */
export function guardRequests(app: FastifyInstance, parts: RouteParts, docsPrefix: string): void {
  const keyUse = new KeyUse(parts.store.admin, parts.logger);
  const { requestsPerSecond: perSecond, requestsBurst: burst } = parts.limits;
  const buckets = new TokenBuckets({ perSecond, burst });
  const isOpen = (request: FastifyRequest): boolean =>
    request.is404 ||
    request.routeOptions.config.open === true ||
    isDocs(request.routeOptions.url, docsPrefix);

  holdToWorkspace(app, parts);
  collectAccessRules(app, (url) => isDocs(url, docsPrefix));

  app.addHook('onRequest', async (request, reply) => {
    requireHttp(request.raw);
    const leave = parts.admission.enter(announcedBytes(request));
    parts.metrics.inFlight(parts.admission.requests);
    reply.raw.once('close', () => {
      leave();
      parts.metrics.inFlight(parts.admission.requests);
    });
    if (isOpen(request)) return;
    const nowMs = parts.clock.nowMs();
    const principal = await identify(parts, request, nowMs, request.routeOptions.config.unattended === true);
    request.principal = principal;
    holdToRate(buckets.take(principal.apiKeyId ?? principal.actor, nowMs));
    if (principal.apiKeyId !== undefined) keyUse.used(principal.apiKeyId, nowMs);
    const { scope } = request.routeOptions.config;
    if (scope !== undefined) requireScope(principal, scope);
  });
}

/** Throws `rate_limited` for a wait that there is. */
function holdToRate(waitMs: number | undefined): void {
  if (waitMs === undefined) return;
  throw new Problem(
    'rate_limited',
    'This key asks more often than it may; AEGIS_SIEM_REQUESTS_PER_SECOND is the rate.',
    {
      retryAfterSeconds: Math.ceil(waitMs / 1_000),
    },
  );
}

/** Around the handler and all that it calls: by then the body was read, which happens in the socket's own turns. */
function holdToWorkspace(app: FastifyInstance, { requestScope }: RouteParts): void {
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.principal === undefined) done();
    else requestScope.run(scopeOf(request.principal), done);
  });
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
