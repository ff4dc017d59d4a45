import { apiPath, filterOf } from '../list/query-filter.ts';
import { rangeStart } from '../list/time-range.ts';

export const DELIVERY_NAMES = ['attestation', 'status', 'destination', 'range', 'tool', 'agent'] as const;
const PAGE_ITEMS = 50;

/** The deliveries that an address asks for. */
export function deliveriesPath(asked: URLSearchParams, nowMs: number): string {
  const { values, cursor } = filterOf(asked, DELIVERY_NAMES);
  const { range, ...words } = values;
  const from = rangeStart(range, nowMs);
  return apiPath('/v1/siem/deliveries', { ...words, from, limit: PAGE_ITEMS, cursor });
}
