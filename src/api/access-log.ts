import type { FastifyInstance } from 'fastify';
import type { RouteParts } from './api-parts.ts';

/** One wide line a request, and its numbers. Probes are logged at debug: they would be most of the log. */
export function addAccessLog(app: FastifyInstance, parts: RouteParts): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'not_found' : (request.routeOptions.url ?? 'not_found');
    const seconds = reply.elapsedTime / 1_000;
    parts.metrics.request(route, request.method, reply.statusCode, seconds);
    // `request_id` is on every line of the request's own logger.
    const fields = {
      method: request.method,
      route,
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      actor: request.principal?.actor,
      api_key_id: request.principal?.apiKeyId,
      remote_address: request.ip,
    };
    if (request.routeOptions.config?.open === true) {
      request.log.debug(fields, 'request');
      return;
    }
    request.log.info(fields, 'request');
    // Whoever is not known must not push the spans of others out of the queue.
    if (request.principal === undefined) return;
    parts.requests?.answered({
      traceparent: request.headers['traceparent'],
      method: request.method,
      route,
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      records: request.recorded,
    });
  });
}
