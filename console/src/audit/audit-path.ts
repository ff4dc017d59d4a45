import { apiPath, filterOf } from '../list/query-filter.ts';
import { rangeStart } from '../list/time-range.ts';

export const AUDIT_NAMES = ['subject', 'actor', 'action', 'range'] as const;
const PAGE_ITEMS = 50;

/** The part of the audit that an address asks for. */
export function auditPath(asked: URLSearchParams, nowMs: number): string {
  const { values, cursor } = filterOf(asked, AUDIT_NAMES);
  const { subject, actor, action, range } = values;
  const from = rangeStart(range, nowMs);
  return apiPath('/v1/audit', { subject, actor, action, from, limit: PAGE_ITEMS, cursor });
}
