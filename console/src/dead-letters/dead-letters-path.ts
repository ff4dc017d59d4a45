import { apiPath, filterOf } from '../list/query-filter.ts';
import { rangeStart } from '../list/time-range.ts';

export const LETTER_NAMES = ['attestation', 'destination', 'code', 'status', 'range'] as const;
const PAGE_ITEMS = 50;

/** The dead letters that an address asks for: those that wait for a person, unless it says otherwise. */
export function deadLettersPath(asked: URLSearchParams, nowMs: number): string {
  const { values, cursor } = filterOf(asked, LETTER_NAMES);
  const { range, status = 'dead', ...words } = values;
  const from = rangeStart(range, nowMs);
  return apiPath('/v1/siem/dead-letters', { ...words, status, from, limit: PAGE_ITEMS, cursor });
}
