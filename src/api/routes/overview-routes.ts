import type { FastifyInstance } from 'fastify';
import { HISTORY_MINUTE_MS } from '../../store/history-store.ts';
import type { RouteParts } from '../api-parts.ts';
import { findDestination } from '../find-destination.ts';
import { type HistorySpan, historyView } from '../history-view.ts';
import { scopeOf } from '../principal.ts';
import { Problem } from '../problem.ts';
import { readerOf } from '../reader.ts';
import { readOverview } from '../read-overview.ts';
import { principalOf } from '../request-context.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { queryTime } from '../time-span.ts';

const HOUR_MS = 60 * HISTORY_MINUTE_MS;
/** More bars than a chart has room for. */
const MAX_BUCKETS = 1_500;
/** All the failed sends that are kept of a destination. */
const MAX_FAILED_SENDS = 200;

interface HistoryQuery {
  from?: string;
  to?: string;
  bucket_seconds?: string;
}

const time = { type: 'string', minLength: 1, maxLength: 40 } as const;

/** Whether every SIEM has everything, and how that came about. */
export function overviewRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.get(
    '/v1/siem/overview',
    {
      config: { scope: 'destinations:read' },
      schema: {
        summary: 'Show whether every SIEM has everything, and what to do where it has not',
        tags: ['destinations'],
        response: { 200: { description: 'The overview', $ref: 'Overview#' }, ...problemResponses },
      },
    },
    (request) => {
      const principal = principalOf(request);
      return readOverview(parts, scopeOf(principal), readerOf(principal));
    },
  );

  app.get<{ Params: { id: string }; Querystring: HistoryQuery }>(
    '/v1/siem/destinations/:id/history',
    {
      config: { scope: 'destinations:read' },
      schema: {
        summary: 'Show how fast and how late a destination got its events',
        description: 'The last hour by the minute unless told otherwise. Kept for eight days.',
        tags: ['destinations'],
        querystring: {
          type: 'object',
          properties: {
            from: { ...time, description: 'Default: an hour before `to`' },
            to: { ...time, description: 'Default: now' },
            bucket_seconds: {
              type: 'string',
              pattern: '^[1-9][0-9]{1,5}$',
              description: 'Width of a bucket, a whole number of minutes; default 60',
            },
          },
          additionalProperties: false,
        },
        response: { 200: { description: 'The history', $ref: 'History#' }, ...problemResponses },
      },
    },
    async (request) => {
      const destination = await findDestination(parts, request);
      const span = spanOf(request.query, parts.clock.nowMs());
      const { destinationNo } = destination;
      const buckets = await parts.store.history.readHistory({ destinationNo, ...span });
      const failed = await parts.store.admin.listAttempts(destinationNo, { limit: MAX_FAILED_SENDS });
      return historyView(destination.destinationId, span, buckets, failed.items);
    },
  );
}

function spanOf({ from, to, bucket_seconds: width = '60' }: HistoryQuery, nowMs: number): HistorySpan {
  const toMs = queryTime('to', to) ?? nowMs;
  const fromMs = queryTime('from', from) ?? toMs - HOUR_MS;
  const bucketMs = Number(width) * 1_000;
  if (bucketMs % HISTORY_MINUTE_MS !== 0) {
    throw new Problem('bad_parameter', 'querystring bucket_seconds must be a multiple of 60.');
  }
  if (fromMs >= toMs) throw new Problem('bad_parameter', 'querystring from must be before to.');
  if ((toMs - fromMs) / bucketMs > MAX_BUCKETS) {
    throw new Problem(
      'bad_parameter',
      `querystring bucket_seconds: the span has more than ${MAX_BUCKETS} buckets; take wider ones.`,
    );
  }
  return { fromMs, toMs, bucketMs };
}
