import { endOfString } from './json-scan.ts';
import type { Refusal } from './refusal.ts';

/** One record of a body: its exact text, or why there is none. */
export type SplitItem =
  | { readonly index: number; readonly line?: number; readonly text: string }
  | { readonly index: number; readonly line?: number; readonly refusal: Refusal };

export type SplitResult =
  | {
      readonly ok: true;
      readonly items: readonly SplitItem[];
      /** The body was one object, not a list. */ readonly single: boolean;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Cuts a body into the exact text of each record, without parsing or re-serialising them.
 *
 * `ndjson`: each line that is not blank is a record, whatever is in it; a line that is not UTF-8 is refused alone.
 * `json`: one object, or an array whose items are records. An array whose own structure is broken (not closed, no comma
 * between items) is refused whole, since where its items end is not known.
 */
export function splitRecords(body: Uint8Array, kind: 'json' | 'ndjson', maxItems: number): SplitResult {
  return kind === 'ndjson' ? splitLines(body, maxItems) : splitDocument(body, maxItems);
}

function splitLines(body: Uint8Array, maxItems: number): SplitResult {
  const items: SplitItem[] = [];
  const decoder = utf8();
  let line = 0;
  for (let start = 0; start < body.length;) {
    line += 1;
    const newline = body.indexOf(0x0a, start);
    const end = newline === -1 ? body.length : newline;
    const bytes = body.subarray(start, body[end - 1] === 0x0d ? end - 1 : end);
    start = end + 1;
    if (isBlank(bytes)) continue;
    if (items.length === maxItems) return tooMany(maxItems);
    const text = decode(decoder, bytes);
    items.push(
      text === undefined
        ? {
            index: items.length,
            line,
            refusal: { code: 'invalid_utf8', pointer: '', message: 'The bytes are not UTF-8.' },
          }
        : { index: items.length, line, text },
    );
  }
  return { ok: true, items, single: false };
}

function splitDocument(body: Uint8Array, maxItems: number): SplitResult {
  const text = decode(utf8(), body);
  if (text === undefined) return refused('invalid_utf8', 'The body is not UTF-8.');
  const start = skipSpace(text, 0);
  if (text[start] !== '[') {
    if (start >= text.length) return refused('empty', 'The body is empty.');
    return { ok: true, items: [{ index: 0, text }], single: true };
  }
  const items: SplitItem[] = [];
  let at = skipSpace(text, start + 1);
  if (text[at] !== ']') {
    for (;;) {
      const end = endOfValue(text, at);
      if (end === at) return broken(at, 'a record is expected here');
      if (items.length === maxItems) return tooMany(maxItems);
      items.push({ index: items.length, text: text.slice(at, end) });
      at = skipSpace(text, end);
      if (text[at] === ']') break;
      if (text[at] !== ',') return broken(at, 'a comma or the end of the array is expected here');
      at = skipSpace(text, at + 1);
    }
  }
  const rest = skipSpace(text, at + 1);
  if (rest < text.length) return broken(rest, 'the array ends before this text');
  return { ok: true, items, single: false };
}

/** End of the value at `at`, by brackets and quotes alone: what is inside is for the parser to judge. */
function endOfValue(text: string, at: number): number {
  let depth = 0;
  for (let index = at; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) {
      index = endOfString(text, index);
      if (depth === 0) return Math.min(index + 1, text.length);
    } else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      if (depth === 0) return index;
      depth -= 1;
      if (depth === 0) return index + 1;
    } else if (
      depth === 0 &&
      (code === 0x2c || code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09)
    ) {
      return index;
    }
  }
  return text.length;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \n\r\t'.includes(text[at] ?? '')) at += 1;
  return at;
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09);
}

function utf8(): TextDecoder {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function refused(code: string, message: string): SplitResult {
  return { ok: false, refusal: { code, pointer: '', message } };
}

function broken(at: number, what: string): SplitResult {
  return refused('not_json', `The array is broken at character ${at + 1}: ${what}.`);
}

function tooMany(maxItems: number): SplitResult {
  return refused(
    'too_many_records',
    `The body holds more than ${maxItems} records; send them in several requests.`,
  );
}
