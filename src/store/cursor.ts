import { StoreError } from './store-error.ts';

type CursorPart = string | number;

/** Longest cursor that is looked at: it comes from outside. */
const MAX_CURSOR_CHARS = 1_000;

/** Where a page ended, as opaque text: the key of its last row. */
export function encodeCursor(key: readonly CursorPart[]): string {
  return Buffer.from(JSON.stringify(key), 'utf8').toString('base64url');
}

/**
 * The key in a cursor that `encodeCursor` made. `shape` gives the type of each part.
 * Throws `StoreError` with code `invalid_cursor` for any other text.
 */
export function decodeCursor(cursor: string, shape: readonly ('string' | 'number')[]): readonly CursorPart[] {
  if (cursor.length <= MAX_CURSOR_CHARS) {
    const key = parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (isKey(key, shape)) return key;
  }
  throw new StoreError(
    'invalid_cursor',
    'The cursor is not one that this list gave out: start again without one',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: not ours. The caller gets the one error for every strange cursor.
    return undefined;
  }
}

function isKey(key: unknown, shape: readonly ('string' | 'number')[]): key is readonly CursorPart[] {
  return (
    Array.isArray(key) &&
    key.length === shape.length &&
    key.every(
      (part, index) =>
        typeof part === shape[index] && (typeof part !== 'number' || Number.isSafeInteger(part)),
    )
  );
}
