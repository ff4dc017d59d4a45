import type { Page, PageQuery } from '../store/admin-store.ts';
import { Problem } from './problem.ts';
import { DEFAULT_PAGE_ITEMS, MAX_PAGE_ITEMS } from './schemas/page-schema.ts';

export interface PageParameters {
  readonly limit?: string;
  readonly cursor?: string;
}

export interface PageAnswer {
  readonly items: readonly unknown[];
  readonly next_cursor: string | null;
}

/** Reads `limit` and `cursor` of a query that its schema has passed. */
export function pageQuery({ limit, cursor }: PageParameters): PageQuery {
  const items = limit === undefined ? DEFAULT_PAGE_ITEMS : Number(limit);
  if (items > MAX_PAGE_ITEMS) {
    throw new Problem('bad_parameter', `querystring limit: a page has at most ${MAX_PAGE_ITEMS} items.`);
  }
  return { limit: items, ...(cursor === undefined ? {} : { cursor }) };
}

export function pageAnswer<Item>(page: Page<Item>, view: (item: Item) => unknown): PageAnswer {
  return { items: page.items.map(view), next_cursor: page.nextCursor ?? null };
}
