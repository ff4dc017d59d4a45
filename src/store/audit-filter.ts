import type { AuditFilter } from './admin-store.ts';

/** What a filter of the audit asks of a row: each condition with one value, in the words that both stores share. */
export interface AuditCondition {
  readonly column: 'workspace_id' | 'subject_id' | 'actor' | 'action' | 'at';
  readonly is: '=' | '>=' | '<';
  readonly value: string | number;
}

/**
 * Only the conditions that are asked for become part of the statement: `(? is null or column = ?)` would hide from the planner
 * that an index answers it.
 */
export function auditConditions(filter: AuditFilter): readonly AuditCondition[] {
  const asked: readonly (Omit<AuditCondition, 'value'> & { readonly value: string | number | undefined })[] =
    [
      { column: 'workspace_id', is: '=', value: filter.workspaceId },
      { column: 'subject_id', is: '=', value: filter.subjectId },
      { column: 'actor', is: '=', value: filter.actor },
      { column: 'action', is: '=', value: filter.action },
      { column: 'at', is: '>=', value: filter.fromMs },
      { column: 'at', is: '<', value: filter.beforeMs },
    ];
  return asked.flatMap(({ value, ...condition }) => (value === undefined ? [] : [{ ...condition, value }]));
}
