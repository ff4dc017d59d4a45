import { readExactJson } from '../attestation/exact-json.ts';
import { Refused } from '../attestation/refused.ts';
import type { Refusal } from '../attestation/refusal.ts';
import { Problem } from './problem.ts';

/** Nesting of a settings body. */
const MAX_DEPTH = 32;

export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Reads a JSON text as strictly as a record: duplicate keys, U+0000, lone surrogates and deep nesting are refused with
 * their place, since two readers could understand such a text differently.
 */
function readStrictJson(text: string): StrictJson {
  try {
    readExactJson(text, MAX_DEPTH);
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/** The body of a request as JSON. Throws `empty_body` or `malformed_json`. */
export function parseBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new Problem('empty_body', 'The body is empty.');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem('malformed_json', 'The body is not UTF-8.', {
      reason: 'invalid_utf8',
      pointer: '',
      cause,
    });
  }
  const read = readStrictJson(text);
  if (!read.ok) throw problemOfBody(read.refusal);
  return read.value;
}

/** A body that cannot be read at all. */
export function problemOfBody({ code, pointer, message }: Refusal): Problem {
  if (code === 'empty') return new Problem('empty_body', message);
  if (code === 'too_many_records') return new Problem('too_many_items', message);
  return new Problem('malformed_json', message, { reason: code, pointer });
}
