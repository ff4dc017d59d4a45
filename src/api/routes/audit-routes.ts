import type { FastifyInstance } from 'fastify';
import type { AuditRecord } from '../../store/admin-store.ts';
import type { RouteParts } from '../api-parts.ts';
import { pageAnswer, pageQuery, type PageParameters } from '../page.ts';
import { scopeOf } from '../principal.ts';
import { principalOf } from '../request-context.ts';
import { pageSchema, querySchema } from '../schemas/page-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { timeText } from '../time-text.ts';

/** Who changed what. */
export function auditRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.get<{ Querystring: PageParameters }>(
    '/v1/audit',
    {
      config: { scope: 'audit:read' },
      schema: {
        summary: 'List the audit trail',
        tags: ['administration'],
        querystring: querySchema(),
        response: { 200: pageSchema({ $ref: 'AuditRecord#' }), ...problemResponses },
      },
    },
    async (request) =>
      pageAnswer(
        await parts.store.admin.listAudit(scopeOf(principalOf(request)), pageQuery(request.query)),
        auditView,
      ),
  );
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
