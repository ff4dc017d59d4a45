import type { EventFilter, FilterConditions } from '../ocsf/event-filter.ts';

/** A filter as the API takes and shows it: the same words. */
export type EventFilterBody = EventFilter;

/** Undefined where nothing is filtered: an empty filter lets everything through, and is none. */
export function filterOf(body: EventFilterBody | null): EventFilter | undefined {
  if (body === null) return undefined;
  const { except, ...conditions } = body;
  const exception = except === undefined || isEmpty(except) ? {} : { except };
  return isEmpty(conditions) && exception.except === undefined ? undefined : { ...conditions, ...exception };
}

function isEmpty(conditions: FilterConditions): boolean {
  return Object.keys(conditions).length === 0;
}
