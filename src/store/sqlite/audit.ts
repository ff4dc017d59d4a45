import type { AuditRecord, Page, PageQuery, WorkspaceScope } from '../admin-store.ts';
import { auditFacts, type AuditContext } from '../audit-facts.ts';
import { decodeCursor } from '../cursor.ts';
import { integer, maybeText, present, text } from '../column.ts';
import { pageOf } from '../page.ts';
import { recordAdminEvent } from './record-admin-event.ts';
import type { Statements } from './statements.ts';

/** The audit record of an action, and the administrative event that tells of it: kept together or not at all. */
export function appendAudit(
  statements: Statements,
  audit: AuditRecord,
  context: AuditContext & { readonly alsoTo?: number } = {},
): void {
  statements.run(
    `insert into aegis_siem_audit (audit_id, at, workspace_id, actor, action, subject_id, request_id, before, after)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    audit.auditId,
    Math.floor(audit.atMs),
    audit.workspaceId,
    audit.actor,
    audit.action,
    audit.subjectId,
    audit.requestId ?? null,
    audit.before ?? null,
    audit.after ?? null,
  );
  recordAdminEvent(statements, auditFacts(audit, context), context.alsoTo);
}

/** Newest first. */
export function listAudit(statements: Statements, scope: WorkspaceScope, page: PageQuery): Page<AuditRecord> {
  const [before] = page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number']);
  const rows = statements.all(
    `select * from aegis_siem_audit where (?1 is null or workspace_id = ?1) and audit_no < ?2
     order by audit_no desc limit ?3`,
    scope.workspaceId ?? null,
    before ?? Number.MAX_SAFE_INTEGER,
    page.limit + 1,
  );
  return pageOf(
    rows,
    page,
    (row) => [integer(row, 'audit_no')],
    (row) => ({
      auditId: text(row, 'audit_id'),
      atMs: integer(row, 'at'),
      workspaceId: text(row, 'workspace_id'),
      actor: text(row, 'actor'),
      action: text(row, 'action'),
      subjectId: text(row, 'subject_id'),
      ...present('requestId', maybeText(row, 'request_id')),
      ...present('before', maybeText(row, 'before')),
      ...present('after', maybeText(row, 'after')),
    }),
  );
}
