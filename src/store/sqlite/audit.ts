import type { AuditFilter, AuditRecord, Page, PageQuery } from '../admin-store.ts';
import { auditFacts, type AuditContext } from '../audit-facts.ts';
import { type AuditCondition, auditConditions } from '../audit-filter.ts';
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

/** Newest first, by one of the indexes that end in the time and the number. */
export function listAudit(statements: Statements, filter: AuditFilter, page: PageQuery): Page<AuditRecord> {
  const place = page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number', 'number']);
  const conditions = auditConditions(filter);
  const rows = statements.all(
    selectAudit(conditions, place.length > 0),
    ...conditions.map(({ value }) => value),
    ...place,
    page.limit + 1,
  );
  return pageOf(
    rows,
    page,
    (row) => [integer(row, 'at'), integer(row, 'audit_no')],
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

/** One text for each set of conditions: their number is small and fixed. */
export function selectAudit(conditions: readonly AuditCondition[], afterPlace: boolean): string {
  const where = conditions.map(({ column, is }) => `${column} ${is} ?`);
  if (afterPlace) where.push('(at, audit_no) < (?, ?)');
  return `select * from aegis_siem_audit ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
     order by at desc, audit_no desc limit ?`;
}
