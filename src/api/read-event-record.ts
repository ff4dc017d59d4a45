import { DEFAULT_ATTESTATION_LIMITS } from '../attestation/attestation-limits.ts';
import { type ExactValue, readExactJson } from '../attestation/exact-json.ts';
import { OddNumber } from '../attestation/odd-number.ts';
import { Refused } from '../attestation/refused.ts';
import { eventDraft, type OtherEvent } from '../store/event-draft.ts';
import type { ReadRecord } from './ingest.ts';

/** An event's text has the same bounds as a record's. */
const { maxRecordBytes, maxDepth } = DEFAULT_ATTESTATION_LIMITS;

/**
 * One event of a body, `{workspace_id, event}`. Its raw text is looked at for what `JSON.parse` would change or hide; the
 * rest is judged as for an event of the library (`eventDraft`). What is stored is the event alone, written again without
 * spaces: the same event sent again is a duplicate however it was laid out.
 */
export function readEventRecord(text: string): ReadRecord {
  if (Buffer.byteLength(text) > maxRecordBytes) {
    return refuse('record_too_large', '', `An event may have at most ${maxRecordBytes} bytes.`);
  }
  try {
    const odd = pointerOfOddNumber(readExactJson(text, maxDepth), '');
    if (odd !== undefined) {
      return refuse('number_out_of_range', odd, 'The number would change when it is read: send it as text.');
    }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, id: null, refusal: error.refusal };
    throw error;
  }
  const envelope: unknown = JSON.parse(text);
  const extra = Object.keys(Object(envelope) as object).find(
    (key) => key !== 'workspace_id' && key !== 'event',
  );
  if (extra !== undefined && !Array.isArray(envelope)) {
    return refuse('unknown_field', `/${pointerToken(extra)}`, 'Only workspace_id and event are known here.');
  }
  return eventDraft(envelope as OtherEvent);
}

function refuse(code: string, pointer: string, message: string): ReadRecord {
  return { ok: false, id: null, refusal: { code, pointer, message } };
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
