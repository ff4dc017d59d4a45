import type { FastifyInstance } from 'fastify';
import { MAX_GROUP_ITEMS } from '../record-queue.ts';
import type { RecordDraft, RecordResult } from '../../outbox/record-store.ts';
import type { RouteParts } from '../api-parts.ts';
import { ingest } from '../ingest.ts';
import { ingestStatus } from '../ingest-result.ts';
import { readEventRecord } from '../read-event-record.ts';
import { eventBodySchema, letPass } from '../schemas/ingest-body-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';

/** Takes OCSF events that are not attestations, to be delivered beside them. */
export function eventRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.post(
    '/v1/events',
    {
      bodyLimit: parts.limits.maxBodyBytes,
      config: { scope: 'attestations:write', unaudited: 'records' },
      validatorCompiler: letPass,
      schema: {
        summary: 'Send other OCSF events through the same outbox',
        description:
          'One `{workspace_id, event}`, an array of them, or NDJSON. The event must be valid OCSF of a class and version that the project holds, with a `metadata.uid` of its own; a `metadata.sequence` moves to `unmapped.aegis.original_sequence`.',
        tags: ['records'],
        body: eventBodySchema,
        response: {
          200: { description: 'Recorded, or there already', $ref: 'EventResults#' },
          201: { description: 'All recorded', $ref: 'EventResults#' },
          207: { description: 'Some were refused or failed', $ref: 'EventResults#' },
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const results = await ingest(parts, request, request.body, {
        name: 'event',
        read: readEventRecord,
        record: (drafts) => recordEvents(parts, drafts),
      });
      const views = results.map(({ id, status, error }) => ({
        uid: id,
        status,
        ...(error === undefined ? {} : { error }),
      }));
      return reply.code(ingestStatus(results, views)).send({ results: views });
    },
  );
}

async function recordEvents(
  parts: RouteParts,
  drafts: readonly RecordDraft[],
): Promise<readonly RecordResult[]> {
  const results: RecordResult[] = [];
  for (let start = 0; start < drafts.length; start += MAX_GROUP_ITEMS) {
    const group = drafts.slice(start, start + MAX_GROUP_ITEMS);
    results.push(
      ...(await parts.store.record.recordEvents(group.map((draft) => ({ ...draft, source: 'external' })))),
    );
  }
  if (results.some(({ status }) => status === 'recorded')) parts.wake();
  return results;
}
