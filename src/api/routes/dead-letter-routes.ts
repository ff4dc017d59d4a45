import type { FastifyInstance } from 'fastify';
import type { DeadLetterFilter } from '../../store/admin-store.ts';
import type { RouteParts } from '../api-parts.ts';
import { deadLetterView } from '../delivery-view.ts';
import { pageAnswer, pageQuery, type PageParameters } from '../page.ts';
import { scopeOf } from '../principal.ts';
import { auditOf, principalOf } from '../request-context.ts';
import { pageSchema, querySchema } from '../schemas/page-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';

/** Ids in one request. */
const MAX_IDS = 1_000;
const word = { type: 'string', minLength: 1, maxLength: 200 } as const;

const selection = {
  ids: { type: 'array', minItems: 1, maxItems: MAX_IDS, uniqueItems: true, items: word },
  filter: {
    type: 'object',
    description: 'All dead letters that match; an empty filter would be all, so at least one field is needed',
    minProperties: 1,
    properties: { destination_id: word, code: word },
    additionalProperties: false,
  },
  dry_run: { type: 'boolean', description: 'Say which it would be and change nothing' },
} as const;
const oneOfSelection = [{ required: ['ids'] }, { required: ['filter'] }] as const;

const chosenSchema = {
  description: 'The dead letters that were (or would be) taken',
  type: 'object',
  required: ['ids', 'count', 'dry_run'],
  properties: {
    ids: { type: 'array', items: { type: 'string' } },
    count: { type: 'integer' },
    dry_run: { type: 'boolean' },
  },
  additionalProperties: false,
} as const;

interface Selection {
  readonly ids?: readonly string[];
  readonly filter?: { readonly destination_id?: string; readonly code?: string };
  readonly dry_run?: boolean;
  readonly reason?: string;
}

type ListQuery = PageParameters & { destination?: string; code?: string; status?: 'dead' | 'skipped' };

/** Events that a destination refused: list them, send them again, give them up with a reason. */
export function deadLetterRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.get<{ Querystring: ListQuery }>(
    '/v1/siem/dead-letters',
    {
      config: { scope: 'deliveries:read' },
      schema: {
        summary: 'List dead letters',
        tags: ['deliveries'],
        querystring: querySchema({
          destination: word,
          code: word,
          status: { type: 'string', enum: ['dead', 'skipped'] },
        }),
        response: { 200: pageSchema({ $ref: 'DeadLetter#' }), ...problemResponses },
      },
    },
    async (request) => {
      const { destination, code, status } = request.query;
      const filter: DeadLetterFilter = {
        ...scopeOf(principalOf(request)),
        ...(destination === undefined ? {} : { destinationId: destination }),
        ...(code === undefined ? {} : { code }),
        ...(status === undefined ? {} : { status }),
      };
      return pageAnswer(
        await parts.store.admin.listDeadLetters(filter, pageQuery(request.query)),
        deadLetterView,
      );
    },
  );

  app.post<{ Body: Selection }>(
    '/v1/siem/dead-letters/retry',
    {
      config: { scope: 'deliveries:replay', audit: 'dead_letters.retried' },
      schema: {
        summary: 'Send dead letters again, under new numbers and marked as replayed',
        tags: ['deliveries'],
        body: { type: 'object', properties: selection, oneOf: oneOfSelection, additionalProperties: false },
        response: { 200: chosenSchema, ...problemResponses },
      },
    },
    async (request) => {
      const { body } = request;
      const filter = filterOf(body, scopeOf(principalOf(request)).workspaceId);
      const dryRun = body.dry_run === true;
      const audit = auditOf(parts, request, {
        ...subjectOf(filter),
        action: 'dead_letters.retried',
        after: body,
      });
      const ids = await parts.store.admin.retryDeadLetters(filter, dryRun, audit);
      if (ids.length > 0 && !dryRun) parts.wake();
      return { ids, count: ids.length, dry_run: dryRun };
    },
  );

  app.post<{ Body: Selection & { readonly reason: string } }>(
    '/v1/siem/dead-letters/skip',
    {
      config: { scope: 'deliveries:replay', audit: 'dead_letters.skipped' },
      schema: {
        summary: 'Give dead letters up; the reason is kept',
        tags: ['deliveries'],
        body: {
          type: 'object',
          required: ['reason'],
          properties: {
            ...selection,
            reason: { type: 'string', minLength: 1, maxLength: 1_000, pattern: '\\S' },
          },
          oneOf: oneOfSelection,
          additionalProperties: false,
        },
        response: { 200: chosenSchema, ...problemResponses },
      },
    },
    async (request) => {
      const { body } = request;
      const filter = filterOf(body, scopeOf(principalOf(request)).workspaceId);
      const dryRun = body.dry_run === true;
      const audit = auditOf(parts, request, {
        ...subjectOf(filter),
        action: 'dead_letters.skipped',
        after: body,
      });
      const ids = await parts.store.admin.skipDeadLetters(filter, body.reason, audit.actor, dryRun, audit);
      return { ids, count: ids.length, dry_run: dryRun };
    },
  );
}

function filterOf({ ids, filter }: Selection, workspaceId: string | undefined): DeadLetterFilter {
  return {
    ...(workspaceId === undefined ? {} : { workspaceId }),
    ...(ids === undefined ? {} : { ids }),
    ...(filter?.destination_id === undefined ? {} : { destinationId: filter.destination_id }),
    ...(filter?.code === undefined ? {} : { code: filter.code }),
  };
}

function subjectOf(filter: DeadLetterFilter): { subjectId: string; workspaceId: string | undefined } {
  const [only, ...more] = filter.ids ?? [];
  const subjectId = only !== undefined && more.length === 0 ? only : (filter.destinationId ?? 'several');
  return { subjectId, workspaceId: filter.workspaceId };
}
