const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether PostgreSQL takes `text` for a uuid. A text that is none would fail the statement, and the transaction with it. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
