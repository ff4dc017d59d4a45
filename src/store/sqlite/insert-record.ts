import { randomUUID } from 'node:crypto';
import type { RecordDraft } from '../../outbox/record-store.ts';
import { integer, text } from '../column.ts';
import { isRefusedStatement } from './sqlite-error.ts';
import type { Row, Statements } from './statements.ts';

/** Which table a record belongs to, and for events where they come from. */
export type RecordKind = 'attestation' | 'admin' | 'external';

/** `inserted`, or what stands there under the same id. */
export type Insertion = { readonly kind: 'inserted' } | { readonly kind: 'duplicate' | 'conflict' };

/** Takes `count` numbers; answers the first. Numbers of records that are refused afterwards stay unused. */
export function takeRecordNos(statements: Statements, count: number): number {
  const row = statements.first(
    `update aegis_siem_record_counter set last_record_no = last_record_no + ? where one = 1
     returning last_record_no`,
    count,
  );
  if (row === undefined) throw new Error('The counter row of aegis_siem_record_counter is missing');
  return integer(row, 'last_record_no') - count + 1;
}

/**
 * Inserts one record under `recordNo`. The append-only trigger refuses an id that exists; only then the record that stands
 * there is read and compared, so that the common case is one statement.
 */
export function insertRecord(
  statements: Statements,
  kind: RecordKind,
  draft: RecordDraft,
  recordNo: number,
): Insertion {
  try {
    if (kind === 'attestation') insertAttestation(statements, draft, recordNo);
    else insertEvent(statements, kind, draft, recordNo);
    return { kind: 'inserted' };
  } catch (error) {
    const existing = isRefusedStatement(error) ? readExisting(statements, kind, draft) : undefined;
    if (existing === undefined) throw error;
    return { kind: text(existing, 'body') === draft.body ? 'duplicate' : 'conflict' };
  }
}

function insertAttestation(statements: Statements, draft: RecordDraft, recordNo: number): void {
  statements.run(
    `insert into aegis_siem_attestations (record_no, attestation_id, workspace_id, recorded_at, body)
     values (?, ?, ?, cast(unixepoch('subsec') * 1000 as integer), ?)`,
    recordNo,
    draft.recordId,
    draft.workspaceId,
    draft.body,
  );
}

function insertEvent(
  statements: Statements,
  source: 'admin' | 'external',
  draft: RecordDraft,
  recordNo: number,
): void {
  statements.run(
    `insert into aegis_siem_events (record_no, event_id, workspace_id, metadata_uid, source, recorded_at, body)
     values (?, ?, ?, ?, ?, cast(unixepoch('subsec') * 1000 as integer), ?)`,
    recordNo,
    randomUUID(),
    draft.workspaceId,
    draft.recordId,
    source,
    draft.body,
  );
}

function readExisting(statements: Statements, kind: RecordKind, draft: RecordDraft): Row | undefined {
  return kind === 'attestation'
    ? statements.first('select body from aegis_siem_attestations where attestation_id = ?', draft.recordId)
    : statements.first(
        'select body from aegis_siem_events where workspace_id = ? and metadata_uid = ?',
        draft.workspaceId,
        draft.recordId,
      );
}
