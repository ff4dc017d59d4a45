import type { Refusal } from '../../attestation/refusal.ts';
import type { RecordDraft } from '../../outbox/record-store.ts';
import { isUuid } from './uuid.ts';

/**
 * Why PostgreSQL could not keep this record: it has no U+0000 in text, and a lone surrogate would be replaced on the way. The
 * parser refuses both; asked again here, since one such text would fail the statement for all records that travel with it.
 */
export function unkeepable(
  draft: RecordDraft,
  kind: 'attestation' | 'event' = 'attestation',
): Refusal | undefined {
  const idPointer = kind === 'attestation' ? '/attestation_id' : '/event/metadata/uid';
  if (kind === 'attestation' && !isUuid(draft.recordId)) {
    return { code: 'invalid_uuid', pointer: idPointer, message: 'attestation_id must be a UUID' };
  }
  if (!isKeepable(draft.recordId)) return refusal(idPointer);
  if (!isKeepable(draft.workspaceId)) return refusal('/workspace_id');
  if (!isKeepable(draft.body)) return refusal('');
  return undefined;
}

function isKeepable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

function refusal(pointer: string): Refusal {
  return {
    code: 'invalid_text',
    pointer,
    message: 'The text holds U+0000 or a lone surrogate, which cannot be stored',
  };
}
