import { StoreError } from '../store-error.ts';
import type { Row } from './database.ts';

/** A text, uuid or other column that the driver answers as text. Throws `StoreError` (`store_corrupt`) for anything else. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw unexpected(column, 'text');
  return value;
}

/** An integer column within the safe integers. The driver answers `bigint` as text, since it may be larger. */
export function integer(row: Row, column: string): number {
  const value = row[column];
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw unexpected(column, 'an integer');
  return number;
}

export function boolean(row: Row, column: string): boolean {
  const value = row[column];
  if (typeof value !== 'boolean') throw unexpected(column, 'a boolean');
  return value;
}

/** A bytea column as bytes. */
export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw unexpected(column, 'bytes');
  return value;
}

export function maybeText(row: Row, column: string): string | undefined {
  return isNull(row, column) ? undefined : text(row, column);
}

export function maybeInteger(row: Row, column: string): number | undefined {
  return isNull(row, column) ? undefined : integer(row, column);
}

/** A JSON column. The caller names the type: the store wrote the text from a value of that type. */
export function json(row: Row, column: string): unknown {
  const value = row[column];
  // The driver parses jsonb itself.
  if (typeof value === 'object' && value !== null) return value;
  try {
    return JSON.parse(text(row, column));
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw unexpected(column, 'JSON', error);
  }
}

export function maybeJson(row: Row, column: string): unknown {
  return isNull(row, column) ? undefined : json(row, column);
}

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

/** Leaves out what is undefined: an absent property and an undefined one are two things to exact types. */
export function present<Value>(key: string, value: Value | undefined): Record<string, Value> {
  return value === undefined ? {} : { [key]: value };
}

function isNull(row: Row, column: string): boolean {
  const value = row[column];
  return value === null || value === undefined;
}

function unexpected(column: string, wanted: string, cause?: unknown): StoreError {
  return new StoreError('store_corrupt', `Column ${column} of the PostgreSQL store is not ${wanted}`, {
    cause,
  });
}
