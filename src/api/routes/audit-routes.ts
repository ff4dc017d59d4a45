import type { FastifyInstance } from 'fastify';
import type { AuditFilter, AuditRecord } from '../../store/admin-store.ts';
import type { RouteParts } from '../api-parts.ts';
import { pageAnswer, pageQuery, type PageParameters } from '../page.ts';
import { scopeOf } from '../principal.ts';
import { principalOf } from '../request-context.ts';
import { pageSchema, querySchema } from '../schemas/page-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { queryTime } from '../time-span.ts';
import { timeText } from '../time-text.ts';

const word = { type: 'string', minLength: 1, maxLength: 512 } as const;
const time = { type: 'string', minLength: 1, maxLength: 40 } as const;

type ListQuery = PageParameters & {
  readonly subject?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly from?: string;
  readonly to?: string;
};

/** Who changed what. */
export function auditRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.get<{ Querystring: ListQuery }>(
    '/v1/audit',
    {
      config: { scope: 'audit:read' },
      schema: {
        summary: 'List the audit trail, newest first',
        tags: ['administration'],
        querystring: querySchema({
          subject: { ...word, description: '`subject_id`: what it was done to' },
          actor: { ...word, description: 'Who did it, such as `api_key:<api_key_id>`' },
          action: { ...word, description: 'What was done, such as `destination.changed`' },
          from: { ...time, description: 'Done at this time or later (RFC 3339)' },
          to: { ...time, description: 'Done before this time (RFC 3339)' },
        }),
        response: { 200: pageSchema({ $ref: 'AuditRecord#' }), ...problemResponses },
      },
    },
    async (request) =>
      pageAnswer(
        await parts.store.admin.listAudit(
          { ...scopeOf(principalOf(request)), ...filterOf(request.query) },
          pageQuery(request.query),
        ),
        auditView,
      ),
  );
}

function filterOf({ subject, actor, action, from, to }: ListQuery): AuditFilter {
  const fromMs = queryTime('from', from);
  const beforeMs = queryTime('to', to);
  return {
    ...(subject === undefined ? {} : { subjectId: subject }),
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(beforeMs === undefined ? {} : { beforeMs }),
  };
}

function auditView(record: AuditRecord): object {
  return {
    audit_id: record.auditId,
    at: timeText(record.atMs),
    workspace_id: record.workspaceId,
    actor: record.actor,
    action: record.action,
    subject_id: record.subjectId,
    request_id: record.requestId ?? null,
    before: parsed(record.before),
    after: parsed(record.after),
  };
}

/** We wrote these texts as JSON; one that a hand has changed is shown as it is. */
function parsed(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
