import type { AuditFilter, AuditRecord, Page, PageQuery } from '../admin-store.ts';
import { auditFacts, type AuditContext } from '../audit-facts.ts';
import { type AuditCondition, auditConditions } from '../audit-filter.ts';
import { decodeCursor } from '../cursor.ts';
import { integer, maybeText, present, text } from '../column.ts';
import type { Statements } from './database.ts';
import { pageOf } from '../page.ts';
import { recordAdminEvent } from './record-admin-event.ts';

/**
 * The audit record of an action, and the administrative event that tells of it. Call it inside of a transaction: they are kept
 * together or not at all.
 */
export async function appendAudit(
  statements: Statements,
  audit: AuditRecord,
  context: AuditContext & { readonly alsoTo?: number } = {},
): Promise<void> {
  await statements.run(
    `insert into @schema@.aegis_siem_audit (audit_id, at, workspace_id, actor, action, subject_id, request_id, before, after)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      audit.auditId,
      Math.floor(audit.atMs),
      audit.workspaceId,
      audit.actor,
      audit.action,
      audit.subjectId,
      audit.requestId ?? null,
      audit.before ?? null,
      audit.after ?? null,
    ],
  );
  await recordAdminEvent(statements, auditFacts(audit, context), context.alsoTo);
}

/** Newest first, by one of the indexes that end in the time and the number. */
export async function listAudit(
  statements: Statements,
  filter: AuditFilter,
  page: PageQuery,
): Promise<Page<AuditRecord>> {
  const place = page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number', 'number']);
  const conditions = auditConditions(filter);
  const rows = await statements.all(selectAudit(conditions, place.length > 0), [
    ...conditions.map(({ value }) => value),
    ...place,
    page.limit + 1,
  ]);
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
  const where = conditions.map(({ column, is }, at) => `${column} ${is} $${at + 1}`);
  const next = conditions.length + 1;
  if (afterPlace) where.push(`(at, audit_no) < ($${next}, $${next + 1})`);
  return `select * from @schema@.aegis_siem_audit ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
     order by at desc, audit_no desc limit $${afterPlace ? next + 2 : next}`;
}
