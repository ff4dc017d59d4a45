import type { JsonValue } from '../json.ts';
import type { Attestation } from './attestation.ts';
import { attestationFields, REQUIRED_FIELDS } from './attestation-fields.ts';
import { type AttestationLimits, DEFAULT_ATTESTATION_LIMITS, WITHHELD_FIELDS } from './attestation-limits.ts';
import { type ExactValue, readExactJson, tooDeep } from './exact-json.ts';
import { readFields, requireFields } from './field-readers.ts';
import { scanJson } from './json-scan.ts';
import type { Refusal } from './refusal.ts';
import { Refused } from './refused.ts';
import { rfc3339ToMs } from './rfc3339.ts';

export type ParseResult =
  | { readonly ok: true; readonly attestation: Attestation; /** As received. */ readonly text: string }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Reads one attestation from its JSON text (or UTF-8 bytes): the one parser of API, CLI, library and delivery. Never
 * throws for bad input; the refusal names code, place and reason, and never repeats a value.
 *
 * One scan finds what `JSON.parse` hides; only a text with something rare in it takes the exact, slower reader. Both ways
 * give the same answer.
 */
export function parseAttestation(
  input: string | Uint8Array,
  limits: AttestationLimits = DEFAULT_ATTESTATION_LIMITS,
): ParseResult {
  try {
    const text = decode(input, limits);
    return { ok: true, attestation: toAttestation(readJson(text, limits), limits), text };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

function decode(input: string | Uint8Array, limits: AttestationLimits): string {
  const bytes = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
  if (bytes > limits.maxRecordBytes) {
    throw new Refused(
      'record_too_large',
      '',
      `The record has ${bytes} bytes; at most ${limits.maxRecordBytes} are taken (maxRecordBytes).`,
    );
  }
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  if (text.startsWith('\uFEFF')) {
    throw new Refused(
      'byte_order_mark',
      '',
      'The record begins with a byte order mark; send UTF-8 without one.',
    );
  }
  if (!text.isWellFormed()) {
    throw new Refused(
      'lone_surrogate',
      '',
      'The text holds half of a surrogate pair, which is not a character.',
    );
  }
  if (text.trim() === '') throw new Refused('empty', '', 'The record is empty.');
  return text;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused('invalid_utf8', '', 'The bytes are not UTF-8.');
  }
}

function readJson(text: string, limits: AttestationLimits): ExactValue {
  const scan = scanJson(text);
  if (scan.depth > limits.maxDepth) throw tooDeep('', limits.maxDepth);
  if (scan.keys > limits.maxKeys) {
    throw new Refused(
      'too_many_keys',
      '',
      `The record has ${scan.keys} keys; at most ${limits.maxKeys} are taken (maxKeys).`,
    );
  }
  if (!scan.hasOddEscape && !scan.hasOddNumber) {
    const value = tryParse(text);
    if (value !== undefined && countKeys(value) === scan.keys) return value;
  }
  return readExactJson(text, limits.maxDepth);
}

function tryParse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // The exact reader says where it is broken.
    return undefined;
  }
}

function countKeys(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items: readonly JsonValue[] = Array.isArray(value) ? value : Object.values(value);
  let count = Array.isArray(value) ? 0 : items.length;
  for (const item of items) if (typeof item === 'object' && item !== null) count += countKeys(item);
  return count;
}

function toAttestation(value: ExactValue, limits: AttestationLimits): Attestation {
  const { known, unknown } = readFields(value, '', attestationFields(limits));
  requireFields(known, '', REQUIRED_FIELDS);
  const attestation = {
    ...known,
    time_ms: rfc3339ToMs(known['timestamp'] as string) ?? 0,
    unknown: unknown ?? {},
    withheld: WITHHELD_FIELDS.filter((name) => Object.hasOwn(value as object, name)),
  } as unknown as Attestation;
  checkResolution(attestation);
  return attestation;
}

/** A resolution is a record of its own about an earlier escalation. */
function checkResolution({ resolution, resolves, verdict, attestation_id }: Attestation): void {
  if (resolution === undefined && resolves === undefined) return;
  if (resolves === undefined) {
    throw new Refused(
      'missing_field',
      '/resolves',
      'A record with "resolution" names the escalation that it resolves in "resolves".',
    );
  }
  if (resolution === undefined) {
    throw new Refused(
      'missing_field',
      '/resolution',
      'A record with "resolves" says in "resolution" what was decided.',
    );
  }
  if (verdict !== 'escalate') {
    throw new Refused(
      'resolution_verdict',
      '/verdict',
      'A resolution record has the verdict "escalate", as the decision that it resolves.',
    );
  }
  if (resolves === attestation_id) {
    throw new Refused(
      'resolves_itself',
      '/resolves',
      'A resolution has an id of its own and names another one.',
    );
  }
}
