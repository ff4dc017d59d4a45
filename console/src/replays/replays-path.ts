import { apiPath, filterOf } from '../list/query-filter.ts';

const PAGE_ITEMS = 20;

export function replaysPath(asked: URLSearchParams): string {
  return apiPath('/v1/siem/replays', { limit: PAGE_ITEMS, cursor: filterOf(asked, []).cursor });
}
