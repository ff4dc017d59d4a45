import { decodeUtf8 } from './decode-utf8.ts';
import { endOfJsonValue, skipJsonSpace } from './json-bytes.ts';
import type { Refusal } from './refusal.ts';

/** One record of a body: its exact text, or why there is none. */
export type SplitItem =
  | { readonly index: number; readonly line?: number; readonly text: string }
  | { readonly index: number; readonly line?: number; readonly refusal: Refusal };

export type SplitResult =
  | {
      readonly ok: true;
      readonly items: readonly SplitItem[];
      /** The body was one object, not a list. */
      readonly single: boolean;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Cuts a body into the exact text of each record, without parsing or re-serialising them; what is inside a record is for the
 * parser to judge, and a bad one costs no other. `index` counts records from 0, `line` counts lines of NDJSON from 1.
 *
 * - `ndjson`: each line (`\n` or `\r\n`) that is not blank is a record; the last line needs no end.
 * - `json`: one value, or an array whose items are records. An array is refused whole (`not_json`, with the item where it
 *   breaks and the byte) when its own structure is broken, since where its items end is then not known: not closed, no comma
 *   between items, an item missing, brackets or quotes of an item that do not match up, text after its end.
 * - Both: a line or item that is not UTF-8 is refused alone; a byte order mark, an empty or blank body and more than
 *   `maxItems` records refuse the body. An empty array has no items.
 *
 * Works on bytes, since those of JSON's own characters are never part of another character in UTF-8, and without recursion.
 */
export function splitRecords(body: Uint8Array, kind: 'json' | 'ndjson', maxItems: number): SplitResult {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) {
    return refused('byte_order_mark', 'The body begins with a byte order mark; send UTF-8 without one.');
  }
  if (skipJsonSpace(body, 0) >= body.length) return refused('empty', 'There is no record in it.');
  return kind === 'ndjson' ? splitLines(body, maxItems) : splitDocument(body, maxItems);
}

function splitLines(body: Uint8Array, maxItems: number): SplitResult {
  const items: SplitItem[] = [];
  let line = 0;
  for (let start = 0; start < body.length;) {
    line += 1;
    const newline = body.indexOf(0x0a, start);
    const end = newline === -1 ? body.length : newline;
    const bytes = body.subarray(start, end > start && body[end - 1] === 0x0d ? end - 1 : end);
    start = end + 1;
    if (skipJsonSpace(bytes, 0) === bytes.length) continue;
    if (items.length === maxItems) return tooMany(maxItems);
    items.push({ index: items.length, line, ...textOrRefusal(bytes) });
  }
  return { ok: true, items, single: false };
}

function splitDocument(body: Uint8Array, maxItems: number): SplitResult {
  const start = skipJsonSpace(body, 0);
  if (body[start] !== 0x5b) {
    return { ok: true, items: [{ index: 0, ...textOrRefusal(body) }], single: true };
  }
  const items: SplitItem[] = [];
  let at = skipJsonSpace(body, start + 1);
  if (body[at] !== 0x5d) {
    for (;;) {
      const end = endOfJsonValue(body, at);
      if (end === at) return broken(items.length, at, 'a record is expected here');
      if (items.length === maxItems) return tooMany(maxItems);
      items.push({ index: items.length, ...textOrRefusal(body.subarray(at, end)) });
      at = skipJsonSpace(body, end);
      if (body[at] === 0x5d) break;
      if (at >= body.length) return broken(items.length - 1, at, 'the body ends before the array does');
      if (body[at] !== 0x2c) {
        return broken(items.length - 1, at, 'a comma or the end of the array is expected behind the record');
      }
      at = skipJsonSpace(body, at + 1);
    }
  }
  const rest = skipJsonSpace(body, at + 1);
  if (rest < body.length) return broken(undefined, rest, 'the array ends before this text');
  return { ok: true, items, single: false };
}

function textOrRefusal(bytes: Uint8Array): { readonly text: string } | { readonly refusal: Refusal } {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return { text };
  return { refusal: { code: 'invalid_utf8', pointer: '', message: 'The bytes are not UTF-8.' } };
}

function refused(code: string, message: string, pointer = ''): SplitResult {
  return { ok: false, refusal: { code, pointer, message } };
}

function broken(index: number | undefined, at: number, what: string): SplitResult {
  return refused(
    'not_json',
    `The array is broken at byte ${at + 1}: ${what}.`,
    index === undefined ? '' : `/${index}`,
  );
}

function tooMany(maxItems: number): SplitResult {
  return refused(
    'too_many_records',
    `The body holds more than ${maxItems} records; send them in several requests.`,
  );
}
