import type { FastifyInstance } from 'fastify';
import type { RouteParts } from '../api-parts.ts';
import { deliveryView } from '../delivery-view.ts';
import { pageAnswer, pageQuery, type PageParameters } from '../page.ts';
import { scopeOf } from '../principal.ts';
import { readerOf } from '../reader.ts';
import { principalOf } from '../request-context.ts';
import { pageSchema, querySchema } from '../schemas/page-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';

type OutboxQuery = PageParameters & { destination?: string; status?: 'pending' | 'in_flight' };

/** What still waits to be delivered. */
export function outboxRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.get<{ Querystring: OutboxQuery }>(
    '/v1/siem/outbox',
    {
      config: { scope: 'deliveries:read' },
      schema: {
        summary: 'List open deliveries',
        tags: ['deliveries'],
        querystring: querySchema({
          destination: { type: 'string', minLength: 1, maxLength: 200, description: 'destination_id' },
          status: { type: 'string', enum: ['pending', 'in_flight'] },
        }),
        response: { 200: pageSchema({ $ref: 'Delivery#' }), ...problemResponses },
      },
    },
    async (request) => {
      const { destination, status } = request.query;
      const filter = {
        ...scopeOf(principalOf(request)),
        ...(destination === undefined ? {} : { destinationId: destination }),
        ...(status === undefined ? {} : { status }),
      };
      const page = await parts.store.admin.listOpen(filter, pageQuery(request.query));
      return pageAnswer(page, (delivery) => deliveryView(delivery, readerOf(principalOf(request))));
    },
  );
}
