import type { Answer } from '../connectors/outcome.ts';
import type { Delivery } from './admin-store.ts';
import { integer, maybeInteger, maybeJson, maybeText, present, text } from './column.ts';
import type { StoredRow } from './column.ts';

/** A row of the view `aegis_siem_deliveries`, or of what is asked in its words. */
export function deliveryOf(row: StoredRow): Delivery {
  return {
    destinationId: text(row, 'destination_id'),
    destinationName: text(row, 'destination_name'),
    workspaceId: text(row, 'workspace_id'),
    recordNo: integer(row, 'record_no'),
    ...present('attestationId', maybeText(row, 'attestation_id')),
    ...present('eventUid', maybeText(row, 'event_uid')),
    status: text(row, 'status') as Delivery['status'],
    attempts: integer(row, 'attempts'),
    ...present('lastAnswer', maybeJson(row, 'last_answer') as Answer | undefined),
    ...present('seq', maybeInteger(row, 'seq')),
    recordedAtMs: maybeInteger(row, 'recorded_at') ?? 0,
    ...present('finishedAtMs', maybeInteger(row, 'finished_at')),
    ...present('destinationVersion', maybeInteger(row, 'destination_version')),
  };
}
