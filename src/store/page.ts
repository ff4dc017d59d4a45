import type { Page, PageQuery } from './admin-store.ts';
import type { StoredRow } from './column.ts';
import { encodeCursor } from './cursor.ts';

/** A page from rows of which one more than the limit was asked for: that one only says that there is a next page. */
export function pageOf<Item>(
  rows: readonly StoredRow[],
  { limit }: PageQuery,
  keyOf: (row: StoredRow) => readonly (string | number)[],
  itemOf: (row: StoredRow) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(itemOf),
    ...(rows.length > limit && last !== undefined ? { nextCursor: encodeCursor(keyOf(last)) } : {}),
  };
}
