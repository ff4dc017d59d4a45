import { StoreError } from '../store-error.ts';
import type { Row } from './statements.ts';

/** A text column. Throws `StoreError` (`store_corrupt`) for anything else: the tables are STRICT, so it cannot be. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw unexpected(column, 'text');
  return value;
}

/** An integer column within the safe integers. */
export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw unexpected(column, 'an integer');
  return value;
}

/** A blob column as bytes. */
export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw unexpected(column, 'a blob');
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

/** Leaves out what is undefined: an absent property and an undefined one are two things to exact types. */
export function present<Value>(key: string, value: Value | undefined): Record<string, Value> {
  return value === undefined ? {} : { [key]: value };
}

function isNull(row: Row, column: string): boolean {
  const value = row[column];
  return value === null || value === undefined;
}

function unexpected(column: string, wanted: string, cause?: unknown): StoreError {
  return new StoreError('store_corrupt', `Column ${column} of the SQLite store is not ${wanted}`, { cause });
}
