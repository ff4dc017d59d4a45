import type { AuditFilter } from '../../src/store/admin-store.ts';

/** What people ask of the audit, and the index that answers it, the same in both stores. */
export const AUDIT_FILTERS: readonly (readonly [filter: AuditFilter, index: string])[] = [
  [{}, 'aegis_siem_audit_by_time'],
  [{ fromMs: 5, beforeMs: 9 }, 'aegis_siem_audit_by_time'],
  [{ workspaceId: 'w' }, 'aegis_siem_audit_by_workspace'],
  [{ subjectId: 's', fromMs: 5 }, 'aegis_siem_audit_by_subject'],
  [{ actor: 'a' }, 'aegis_siem_audit_by_actor'],
  [{ action: 'x', beforeMs: 9 }, 'aegis_siem_audit_by_action'],
];
