/** A JSON value as `JSON.parse` gives it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. Keys of untrusted input may be `__proto__`: copy with care. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
