import type { JsonObject, JsonValue } from '../json.ts';
import { finishText } from './finish-text.ts';
import { isOwnAttestation } from '../proof/event-fingerprint.ts';
import { invalidEvent } from './invalid-event.ts';
import type { OcsfEvent } from './ocsf-event.ts';
import { MAX_STRING_CHARS } from './ocsf-versions.ts';
import { redactEvent } from './redaction/redact-event.ts';
import type { Redactor } from './redaction/redactor.ts';
import type { RenderResult } from './render-result.ts';
import { validateEvent } from './validate-event.ts';

/**
 * An event that others posted, ready for its place in a stream. What belongs to the stream is not taken over from them: a
 * `metadata.sequence`, a stream mark, a list of cuts and attestations in this product's name move to
 * `unmapped.aegis.original_*`.
 *
 * An event may have been written past the API (by SQL), so the finished event is held against its schema here. Such events
 * are few, and one that no SIEM could read must not be sent.
 */
export function renderExternalEvent(body: string, redactor?: Redactor): RenderResult {
  const event = readJson(body);
  if (event === undefined) return refused('not_json', '', 'The stored event is not JSON.');
  if (!isObject(event)) return refused('wrong_type', '', 'The stored event is not an object.');
  const { metadata } = event;
  if (!isObject(metadata)) return refused('wrong_type', '/metadata', 'The stored event has no metadata.');
  if (typeof metadata['uid'] !== 'string' || metadata['uid'] === '')
    return refused('missing_uid', '/metadata/uid', 'metadata.uid must name the event.');
  const own = withoutStream(event, metadata);
  const seen = redactor === undefined ? own : redactEvent(own, redactor);
  const finished = finishText(seen, MAX_STRING_CHARS);
  const [finding] = validateEvent(finished);
  return finding === undefined ? { ok: true, event: finished } : invalidEvent(finding, 'The stored event');
}

function withoutStream(event: JsonObject, metadata: JsonObject): OcsfEvent {
  const { sequence, ...ownMetadata } = metadata;
  const { unmapped } = event;
  // Whatever is no object here is refused by the schema a moment later.
  if (unmapped !== undefined && !isObject(unmapped)) return event;
  const { stream, truncated, ...aegis } = aegisOf(unmapped);
  const moved: { [name: string]: JsonValue } = {};
  if (sequence !== undefined) moved['original_sequence'] = sequence;
  if (stream !== undefined) moved['original_stream'] = stream;
  if (truncated !== undefined) moved['original_truncated'] = truncated;
  const list = listOf(event['attestation_list']);
  const claimed = list.filter(isOwnAttestation);
  if (claimed.length > 0) moved['original_attestations'] = claimed;
  return {
    ...event,
    ...(claimed.length > 0 ? { attestation_list: list.filter((one) => !isOwnAttestation(one)) } : {}),
    metadata: ownMetadata,
    unmapped: { ...unmapped, aegis: { ...moved, ...aegis } },
  };
}

/** `unmapped.aegis` is ours, but nothing keeps others from putting a text there. */
function aegisOf(unmapped: JsonObject | undefined): JsonObject {
  const aegis = unmapped?.['aegis'];
  if (aegis === undefined) return {};
  return isObject(aegis) ? aegis : { original_aegis: aegis };
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function readJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(code: string, pointer: string, message: string): RenderResult {
  return { ok: false, code, pointer, message };
}
