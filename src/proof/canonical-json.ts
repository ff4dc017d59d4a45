import type { JsonObject, JsonValue } from '../json.ts';

/** A text that stands between quotes as it is: most do, and looking is cheaper than having them quoted. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/**
 * The JSON Canonicalization Scheme (RFC 8785): members sorted by the UTF-16 units of their names, no blanks, numbers and texts
 * as ECMAScript writes them. All texts of one JSON value have one canonical text. Members that are `undefined` are left out,
 * as `JSON.stringify` does. Throws `TypeError` for what the scheme has no form for: a surrogate that stands alone, and a number
 * that is not finite.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('RFC 8785 has no form for a number that is not finite');
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value))
    return `[${(value as readonly JsonValue[]).map((item) => canonicalJson(item)).join(',')}]`;
  return canonicalObject(value as JsonObject);
}

function canonicalObject(object: JsonObject): string {
  let text = '';
  // The default order of `sort` is the one of the scheme: by UTF-16 units, not by the words of a language.
  for (const name of Object.keys(object).sort()) {
    const member = object[name];
    if (member === undefined) continue;
    text += `${text === '' ? '{' : ','}${canonicalText(name)}:${canonicalJson(member)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

function canonicalText(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed())
    throw new TypeError('RFC 8785 has no form for a surrogate that stands alone in a text');
  return JSON.stringify(text);
}
