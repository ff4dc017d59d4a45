import { StoreError } from './store-error.ts';

// How a driver's row becomes a value of the port. The two drivers differ in little: PostgreSQL's answers `bigint` as text and has
// parsed jsonb already.

/** A row by the names of its columns, as either driver answers it. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** A text, uuid or other column that the driver answers as text. Throws `StoreError` (`store_corrupt`) for anything else. */
export function text(row: StoredRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw unexpected(column, 'text');
  return value;
}

/** An integer column within the safe integers. The driver answers `bigint` as text, since it may be larger. */
export function integer(row: StoredRow, column: string): number {
  const value = row[column];
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw unexpected(column, 'an integer');
  return number;
}

export function boolean(row: StoredRow, column: string): boolean {
  const value = row[column];
  if (typeof value !== 'boolean') throw unexpected(column, 'a boolean');
  return value;
}

/** A column of bytes. */
export function bytes(row: StoredRow, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw unexpected(column, 'bytes');
  return value;
}

export function maybeText(row: StoredRow, column: string): string | undefined {
  return isNull(row, column) ? undefined : text(row, column);
}

export function maybeInteger(row: StoredRow, column: string): number | undefined {
  return isNull(row, column) ? undefined : integer(row, column);
}

/** A JSON column. The caller names the type: the store wrote the text from a value of that type. */
export function json(row: StoredRow, column: string): unknown {
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

export function maybeJson(row: StoredRow, column: string): unknown {
  return isNull(row, column) ? undefined : json(row, column);
}

/** Leaves out what is undefined: an absent property and an undefined one are two things to exact types. */
export function present<Value>(key: string, value: Value | undefined): Record<string, Value> {
  return value === undefined ? {} : { [key]: value };
}

function isNull(row: StoredRow, column: string): boolean {
  const value = row[column];
  return value === null || value === undefined;
}

/** The error for a column that holds something else than the program writes. */
export function unexpected(column: string, wanted: string, cause?: unknown): StoreError {
  return new StoreError('store_corrupt', `Column ${column} of the store is not ${wanted}`, {
    cause,
  });
}
