import { parseAttestation } from '../attestation/parse-attestation.ts';
import { isUuid } from './uuid-text.ts';
import type { ReadRecord } from './ingest.ts';

/** A refused record longer than this is not looked at again for its id. */
const MAX_ID_SEARCH_CHARS = 64 * 1024;

/** One attestation of a body, as the parser sees it. */
export function readAttestationRecord(text: string): ReadRecord {
  const parsed = parseAttestation(text);
  if (!parsed.ok) return { ok: false, id: findId(text), refusal: parsed.refusal };
  const { attestation_id: recordId, workspace_id: workspaceId } = parsed.attestation;
  return { ok: true, draft: { recordId, workspaceId, body: parsed.text } };
}

/** The id of a refused record, so that its sender recognises it. Only ever echoed in the form of a UUID. */
function findId(text: string): string | null {
  if (text.length > MAX_ID_SEARCH_CHARS) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('attestation_id' in value)) return null;
    const { attestation_id: id } = value;
    return typeof id === 'string' && isUuid(id) ? id : null;
  } catch {
    // Not JSON: the refusal says so already.
    return null;
  }
}
