import type { AuditRecord, Page, PageQuery, WorkspaceScope } from '../admin-store.ts';
import { auditFacts, type AuditContext } from '../audit-facts.ts';
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

/** Newest first. */
export async function listAudit(
  statements: Statements,
  scope: WorkspaceScope,
  page: PageQuery,
): Promise<Page<AuditRecord>> {
  const [before] = page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number']);
  const rows = await statements.all(
    `select * from @schema@.aegis_siem_audit where ($1::text is null or workspace_id = $1) and audit_no < $2
     order by audit_no desc limit $3`,
    [scope.workspaceId ?? null, before ?? Number.MAX_SAFE_INTEGER, page.limit + 1],
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
