import { json, maybeText, unexpected } from '../column.ts';
import type { Row } from './database.ts';

/** Numbers of a `bigint[]` column that was asked for as text: `array_to_string(column, ',', 'null')`. Absent: none. */
export function numberList(row: Row, column: string): (number | null)[] {
  const list = maybeText(row, column);
  if (list === undefined || list === '') return [];
  return json({ [column]: `[${list}]` }, column) as (number | null)[];
}

/** The same for a list that holds no null. */
export function numbers(row: Row, column: string): number[] {
  const list = numberList(row, column);
  if (!list.every((value) => value !== null)) throw unexpected(column, 'a list of numbers');
  return list;
}
