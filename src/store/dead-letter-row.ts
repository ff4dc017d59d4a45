import type { Answer } from '../connectors/outcome.ts';
import type { DeadLetter } from './admin-store.ts';
import { integer, maybeJson, maybeText, present, text } from './column.ts';
import type { StoredRow } from './column.ts';

/** A row of `aegis_siem_dead_letters` with its destination and, for another event, its uid. */
export function deadLetterOf(row: StoredRow): DeadLetter {
  return {
    deadLetterId: text(row, 'dead_letter_id'),
    destinationId: text(row, 'destination_id'),
    workspaceId: text(row, 'workspace_id'),
    recordNo: integer(row, 'record_no'),
    ...present('attestationId', maybeText(row, 'attestation_id')),
    ...present('eventUid', maybeText(row, 'metadata_uid')),
    status: text(row, 'status') as DeadLetter['status'],
    code: text(row, 'code'),
    message: text(row, 'message'),
    ...present('answer', maybeJson(row, 'answer') as Answer | undefined),
    attempts: integer(row, 'attempts'),
    deadAtMs: integer(row, 'dead_at'),
    ...present('skippedBy', maybeText(row, 'skipped_by')),
    ...present('skipReason', maybeText(row, 'skip_reason')),
  };
}
