import type { FastifyInstance } from 'fastify';
import { Problem } from '../problem.ts';
import { problemResponses } from '../schemas/problem-schema.ts';

/** Routes that are announced and not built: they say so, rather than not being there. */
export function unbuiltRoutes(app: FastifyInstance): void {
  const routes = [
    { method: 'GET', url: '/v1/siem/checkpoint-keys', scope: 'audit:read', what: 'Signed checkpoints' },
  ] as const;
  for (const { method, url, scope, what } of routes) {
    app.route({
      method,
      url,
      config: { scope },
      schema: {
        summary: `Not built yet: ${what.toLowerCase()}`,
        tags: ['not built'],
        response: problemResponses,
      },
      handler: () => {
        throw new Problem('not_supported', `${what}: not built yet.`, { pointer: '' });
      },
    });
  }
}
