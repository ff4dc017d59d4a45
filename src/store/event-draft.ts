import { DEFAULT_ATTESTATION_LIMITS } from '../attestation/attestation-limits.ts';
import { readExactJson } from '../attestation/exact-json.ts';
import type { Refusal } from '../attestation/refusal.ts';
import { Refused } from '../attestation/refused.ts';
import { validateEvent } from '../ocsf/validate-event.ts';
import type { RecordDraft } from '../outbox/record-store.ts';

/** An event that is no attestation: an OCSF object of its own, delivered as it is. */
export interface OtherEvent {
  readonly workspace_id: string;
  /** A whole OCSF event with `metadata.uid`; class and version must be ones that the project holds. */
  readonly event: object;
}

export type EventDraftResult =
  | { readonly ok: true; readonly draft: RecordDraft }
  /** `id` is the event's own, where it could be read. */
  | { readonly ok: false; readonly id: string | null; readonly refusal: Refusal };

/** An event's text has the same bounds as a record's. */
const { maxRecordBytes, maxDepth, maxIdChars } = DEFAULT_ATTESTATION_LIMITS;

/** An event as the stores keep it, or why it is refused. Pointers begin at the wrapper: `/event/metadata/uid`. */
export function eventDraft(input: OtherEvent): EventDraftResult {
  const given: unknown = input;
  if (!isObject(given)) return refused('wrong_type', '', 'The input must be {workspace_id, event}');
  const { workspace_id: workspaceId, event } = given;
  if (workspaceId === undefined) {
    return refused('missing_field', '/workspace_id', 'workspace_id is missing');
  }
  if (!isId(workspaceId)) {
    return refused(
      'wrong_type',
      '/workspace_id',
      `workspace_id must be a text of 1 to ${maxIdChars} characters`,
    );
  }
  if (!isObject(event)) return refused('wrong_type', '/event', 'event must be an OCSF event, as an object');
  return ofText(workspaceId, textOf(event));
}

function ofText(workspaceId: string, body: string | undefined): EventDraftResult {
  if (body === undefined) return refused('not_json', '/event', 'event cannot be written as JSON');
  const bytes = Buffer.byteLength(body);
  if (bytes > maxRecordBytes) {
    return refused(
      'record_too_large',
      '/event',
      `The event has ${bytes} bytes; at most ${maxRecordBytes} are taken`,
    );
  }
  const event = read(body);
  if (event instanceof Refused) {
    const { code, pointer, message } = event.refusal;
    return refused(code, `/event${pointer}`, message);
  }
  const metadata = isObject(event) ? event['metadata'] : undefined;
  const uid = isObject(metadata) ? metadata['uid'] : undefined;
  if (!isId(uid)) {
    return refused(
      'missing_uid',
      '/event/metadata/uid',
      `metadata.uid must be a text of 1 to ${maxIdChars} characters`,
    );
  }
  const [finding] = validateEvent(event);
  if (finding !== undefined) {
    return refused(
      `ocsf_${finding.code}`,
      pointerOf(finding.path),
      `The event is not valid OCSF: ${finding.message}`,
      uid,
    );
  }
  return { ok: true, draft: { recordId: uid, workspaceId, body } };
}

function textOf(event: object): string | undefined {
  try {
    return JSON.stringify(event);
  } catch {
    // A cycle, a bigint or a toJSON that throws: it has no text, and the caller is told so.
    return undefined;
  }
}

/** Finds what JSON can hold and a store or a SIEM cannot: U+0000, lone surrogates, too deep a nesting. */
function read(body: string): unknown {
  try {
    readExactJson(body, maxDepth);
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

/** `finding.uid`, `resources[2].name` as a JSON pointer inside the wrapper. */
function pointerOf(path: string): string {
  return path === ''
    ? '/event'
    : `/event/${path.replaceAll('[', '.').replaceAll(']', '').replaceAll('.', '/')}`;
}

function refused(code: string, pointer: string, message: string, id: string | null = null): EventDraftResult {
  return { ok: false, id, refusal: { code, pointer, message } };
}

function isId(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= maxIdChars &&
    !/\p{Cc}|\p{Surrogate}/u.test(value)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
