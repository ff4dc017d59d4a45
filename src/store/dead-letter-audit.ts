import type { AuditRecord } from './admin-store.ts';

/** Ids that an audit record names; beyond it there is the number only. */
const MAX_NAMED_IDS = 100;

/** The audit record of an act on dead letters, with those that it took: a filter alone would not tell later. */
export function auditOfTaken(audit: AuditRecord, ids: readonly string[]): AuditRecord {
  const asked: unknown = audit.after === undefined ? {} : JSON.parse(audit.after);
  const taken = { count: ids.length, ids: ids.slice(0, MAX_NAMED_IDS) };
  return { ...audit, after: JSON.stringify({ ...(asked as object), taken }) };
}
