import type { FastifyInstance } from 'fastify';

/**
 * On every answer, unless a route says otherwise: kept by nobody on the way, taken for nothing but its type, opened as a page
 * by itself it may do nothing, and in no frame. Pages of the console have a policy of their own.
 */
export const ANSWER_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Set before anything is looked at, so that a refusal has them too. */
export function addAnswerHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(ANSWER_HEADERS);
    done();
  });
}
