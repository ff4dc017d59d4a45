import type { Page, PageQuery } from '../admin-store.ts';
import { encodeCursor } from '../cursor.ts';
import type { Row } from './database.ts';

/** A page from rows of which one more than the limit was asked for: that one only says that there is a next page. */
export function pageOf<Item>(
  rows: readonly Row[],
  { limit }: PageQuery,
  keyOf: (row: Row) => readonly (string | number)[],
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(itemOf),
    ...(rows.length > limit && last !== undefined ? { nextCursor: encodeCursor(keyOf(last)) } : {}),
  };
}
