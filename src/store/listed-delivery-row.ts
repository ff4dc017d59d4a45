import { maybeText, present, type StoredRow } from './column.ts';
import { deliveryOf } from './delivery-row.ts';
import type { ListedDelivery } from './delivery-look.ts';

/** Longest word of a record that a list shows. */
const MAX_WORD_CHARS = 300;

/** A row of deliveries with the columns `verdict`, `tool` and `agent` of its record. */
export function listedDeliveryOf(row: StoredRow): ListedDelivery {
  return { ...deliveryOf(row), ...wordsOf(row, ['verdict', 'tool', 'agent']) };
}

/** Words of a record, as its text has them: shortened, and left out where they are none. */
export function wordsOf(row: StoredRow, columns: readonly string[]): Record<string, string> {
  return Object.assign(
    {},
    ...columns.map((column) => present(column, maybeText(row, column)?.slice(0, MAX_WORD_CHARS))),
  ) as Record<string, string>;
}
