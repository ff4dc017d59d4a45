const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ids of ours are UUIDs in lower case. Another text names nothing, and need not be asked of the store. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
