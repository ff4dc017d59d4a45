/** Where the tables are unless told otherwise. */
export const DEFAULT_SCHEMA = 'public';

const PLAIN_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** Throws a `RangeError` for a name that would need quoting: such names stand in function settings too. */
export function checkedSchemaName(schema: string): string {
  if (PLAIN_NAME.test(schema)) return schema;
  throw new RangeError(
    'The PostgreSQL schema must be a plain lower-case name (letters, digits, underscore; at most 63)',
  );
}

/** `text` with the schema's name in the places of `@schema@`. Only a checked name may be given. */
export function inSchema(text: string, schema: string): string {
  return text.replaceAll('@schema@', schema);
}
