import { type ExactValue, readExactJson } from '../attestation/exact-json.ts';
import { OddNumber } from '../attestation/odd-number.ts';
import { Refused } from '../attestation/refused.ts';
import type { Refusal } from '../attestation/refusal.ts';
import { validateEvent } from '../ocsf/validate-event.ts';
import type { ReadRecord } from './ingest.ts';

const MAX_DEPTH = 32;
/** The smallest of what the SIEMs take, less room for the place in the stream. */
export const MAX_EVENT_BYTES = 256 * 1024;
const MAX_ID_CHARS = 512;

/**
 * One event of a body, `{workspace_id, event}`. The event must be valid OCSF of a class and version that the project holds,
 * and carry a `metadata.uid` of its own. What is stored is the event alone, written again without spaces: the same event
 * sent again is a duplicate however it was laid out.
 */
export function readEventRecord(text: string): ReadRecord {
  if (Buffer.byteLength(text) > MAX_EVENT_BYTES) {
    return refuse(null, 'record_too_large', '', `An event may have at most ${MAX_EVENT_BYTES} bytes.`);
  }
  try {
    const odd = pointerOfOddNumber(readExactJson(text, MAX_DEPTH), '');
    if (odd !== undefined) {
      return refuse(
        null,
        'number_out_of_range',
        odd,
        'The number would change when it is read: send it as text.',
      );
    }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, id: null, refusal: error.refusal };
    throw error;
  }
  return readEnvelope(JSON.parse(text) as unknown);
}

function readEnvelope(envelope: unknown): ReadRecord {
  if (!isObject(envelope)) return refuse(null, 'wrong_type', '', 'A record must be an object.');
  const { workspace_id: workspaceId, event, ...unknown } = envelope;
  const [extra] = Object.keys(unknown);
  if (extra !== undefined) {
    return refuse(
      null,
      'unknown_field',
      `/${pointerToken(extra)}`,
      'Only workspace_id and event are known here.',
    );
  }
  if (workspaceId === undefined)
    return refuse(null, 'missing_field', '/workspace_id', 'workspace_id is missing.');
  if (!isId(workspaceId))
    return refuse(null, 'wrong_type', '/workspace_id', 'workspace_id must be a short text.');
  if (!isObject(event))
    return refuse(null, 'wrong_type', '/event', 'event must be an OCSF event, as an object.');
  const { metadata } = event;
  const uid = isObject(metadata) ? metadata['uid'] : undefined;
  if (!isId(uid)) {
    return refuse(
      null,
      'missing_uid',
      '/event/metadata/uid',
      'metadata.uid must name the event: a short text.',
    );
  }
  const [finding] = validateEvent(event);
  if (finding !== undefined) {
    return refuse(uid, `ocsf_${finding.code}`, `/event${pointerOfPath(finding.path)}`, finding.message);
  }
  return { ok: true, draft: { recordId: uid, workspaceId, body: JSON.stringify(event) } };
}

function refuse(id: string | null, code: string, pointer: string, message: string): ReadRecord {
  const refusal: Refusal = { code, pointer, message };
  return { ok: false, id, refusal };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_CHARS && !/\p{Cc}/u.test(value);
}

/** The validator names places as `metadata.product.name` or `resources[0].type`; a pointer wants slashes. */
function pointerOfPath(path: string): string {
  if (path === '' || path.startsWith('/')) return path;
  return `/${path.replaceAll(/\[(\d+)\]/g, '/$1').replaceAll('.', '/')}`;
}

function pointerOfOddNumber(value: ExactValue, pointer: string): string | undefined {
  // More digits than a double keeps are rounded; a number that would become another one is refused.
  if (value instanceof OddNumber) return value.rounded() === undefined ? pointer : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, child] of Object.entries(value)) {
    const found = pointerOfOddNumber(child, `${pointer}/${pointerToken(key)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function pointerToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
