import type { FastifyInstance } from 'fastify';
import type { RouteParts } from '../api-parts.ts';
import { Problem } from '../problem.ts';
import { principalOf } from '../request-context.ts';
import { problemResponses } from '../schemas/problem-schema.ts';

const stateSchema = {
  type: 'object',
  required: ['status'],
  properties: { status: { type: 'string', enum: ['ok', 'not_ready'] }, reason: { type: 'string' } },
  additionalProperties: false,
} as const;

/**
 * Whether the process lives (`/healthz`), whether it should get requests (`/readyz`), and its numbers. The first two answer
 * without a key, for probes, and say nothing about the installation.
 */
export function healthRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.get(
    '/healthz',
    {
      config: { open: true },
      schema: {
        summary: 'Alive',
        tags: ['service'],
        security: [],
        response: { 200: stateSchema, ...problemResponses },
      },
    },
    () => ({ status: 'ok' }),
  );

  app.get(
    '/readyz',
    {
      config: { open: true },
      schema: {
        summary: 'Ready for requests: started, not stopping, and the store answers',
        tags: ['service'],
        security: [],
        response: {
          200: stateSchema,
          503: stateSchema,
          '4xx': problemResponses['4xx'],
          '5xx': problemResponses['5xx'],
        },
      },
    },
    async (request, reply) => {
      const reason = parts.notReady() ?? (await storeReason(parts, request.log));
      return reason === undefined ? { status: 'ok' } : reply.code(503).send({ status: 'not_ready', reason });
    },
  );

  app.get(
    '/metrics',
    {
      config: { scope: 'deliveries:read' },
      schema: {
        summary: 'Prometheus metrics, of all workspaces',
        tags: ['service'],
        response: {
          200: {
            description: 'Prometheus text format',
            content: { 'text/plain': { schema: { type: 'string' } } },
          },
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      if (principalOf(request).workspaceId !== undefined) {
        throw new Problem(
          'workspace_forbidden',
          'Metrics are of all workspaces: this needs a key bound to none.',
        );
      }
      const text = await parts.metrics.registry.metrics();
      return reply
        .type(parts.metrics.registry.contentType)
        .serializer((payload: unknown) => String(payload))
        .send(text);
    },
  );
}

async function storeReason(parts: RouteParts, log: RouteParts['logger']): Promise<string | undefined> {
  try {
    await parts.store.ping();
    return undefined;
  } catch (error) {
    log.warn({ err: error }, 'the store does not answer');
    return 'store_unavailable';
  }
}
