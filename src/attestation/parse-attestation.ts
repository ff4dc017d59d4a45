import type { JsonObject, JsonValue } from '../json.ts';
import type { Attestation } from './attestation.ts';
import { ATTESTATION_FIELDS } from './attestation-fields.ts';
import {
  type AttestationLimits,
  attestationLimits,
  DEFAULT_ATTESTATION_LIMITS,
  WITHHELD_FIELDS,
} from './attestation-limits.ts';
import { checkResolution } from './check-resolution.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import { type ExactValue, readExactJson } from './exact-json.ts';
import { scanJson } from './json-scan.ts';
import { readObject } from './read-object.ts';
import { Reading } from './reading.ts';
import type { Refusal } from './refusal.ts';
import { Refused } from './refused.ts';
import { rfc3339ToMs } from './rfc3339.ts';

export type ParseResult =
  | { readonly ok: true; readonly attestation: Attestation; /** As received. */ readonly text: string }
  | { readonly ok: false; readonly refusal: Refusal };

const NOTHING_UNKNOWN: JsonObject = Object.freeze(Object.create(null) as JsonObject);
const NOTHING_WITHHELD: readonly string[] = Object.freeze([]);

/**
 * Reads one attestation from its JSON text (or UTF-8 bytes): the one parser of API, CLI, library and delivery. Never
 * throws for bad input; the refusal names code, place and reason, and never repeats a value. `changes` replaces some of the
 * default limits; throws `RangeError` for a limit that is none.
 *
 * There are two ways. The quick one only ever accepts: `JSON.parse`, plus one scan for what that hides. Whatever it does
 * not accept takes the exact way, which decides and names the place.
 */
export function parseAttestation(
  input: string | Uint8Array,
  changes?: Partial<AttestationLimits>,
): ParseResult {
  const limits = changes === undefined ? DEFAULT_ATTESTATION_LIMITS : attestationLimits(changes);
  try {
    const text = textOf(input, limits);
    return { ok: true, attestation: readQuickly(text, limits) ?? readExactly(text, limits), text };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

function textOf(input: string | Uint8Array, { maxRecordBytes }: AttestationLimits): string {
  const bytes = bytesOf(input, maxRecordBytes);
  if (bytes > maxRecordBytes) {
    throw new Refused(
      'record_too_large',
      `The record has ${bytes} bytes; at most ${maxRecordBytes} are taken (maxRecordBytes).`,
    );
  }
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  if (text === undefined) throw new Refused('invalid_utf8', 'The bytes are not UTF-8.');
  if (text.charCodeAt(0) === 0xfeff) {
    throw new Refused('byte_order_mark', 'The record begins with a byte order mark; send UTF-8 without one.');
  }
  return text;
}

/** Counted only where the answer may be over the limit: a UTF-16 unit has at most 3 bytes in UTF-8. */
function bytesOf(input: string | Uint8Array, maxBytes: number): number {
  return typeof input === 'string' && input.length * 3 > maxBytes ? Buffer.byteLength(input) : input.length;
}

/** The attestation, or undefined when the exact way has to decide. */
function readQuickly(text: string, limits: AttestationLimits): Attestation | undefined {
  const scan = scanJson(text);
  if (scan.isOdd || scan.depth > limits.maxDepth || !text.isWellFormed()) return undefined;
  try {
    const reading = new Reading(limits);
    const attestation = toAttestation(JSON.parse(text) as JsonValue, reading);
    return reading.keys === scan.keys ? attestation : undefined;
  } catch {
    // Broken grammar or a refused field: said again, with its place, by the exact way.
    return undefined;
  }
}

function readExactly(text: string, limits: AttestationLimits): Attestation {
  if (/^[ \t\r\n]*$/.test(text)) throw new Refused('empty', 'The record is empty.');
  const value = readExactJson(text, limits.maxDepth);
  if (!text.isWellFormed()) {
    // Half a pair in the text and the other half as an escape: a string to JSON, but no UTF-8.
    throw new Refused('lone_surrogate', 'The text holds half of a surrogate pair, which is not a character.');
  }
  return toAttestation(value, new Reading(limits));
}

function toAttestation(value: ExactValue, reading: Reading): Attestation {
  const { known, unknown = NOTHING_UNKNOWN } = readObject(value, ATTESTATION_FIELDS, reading);
  const isWhole = known === value;
  // `known` is ours alone: a copy, or the tree that was just parsed.
  const attestation = Object.assign(known, {
    time_ms: rfc3339ToMs(known['timestamp'] as string) ?? Number.NaN,
    unknown,
    withheld: isWhole
      ? NOTHING_WITHHELD
      : WITHHELD_FIELDS.filter((name) => Object.hasOwn(value as object, name)),
  }) as unknown as Attestation;
  checkResolution(attestation);
  return attestation;
}
