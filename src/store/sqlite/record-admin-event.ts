import { adminFactsText, type AdminFacts } from '../../ocsf/admin/admin-facts.ts';
import { insertMissingRows } from './enqueue-rows.ts';
import { guarded, noteMissed } from './guarded-enqueue.ts';
import { insertRecord, takeRecordNos } from './insert-record.ts';
import type { Statements } from './statements.ts';

/** What failed is in `aegis_siem_missed`, which the reconciler counts and tells of. */
const SILENT = { warn: (): void => undefined };

/**
 * Records an administrative event in the open transaction, beside what it tells of: both are kept or neither. Its rows are
 * guarded as those of every record: an outbox that fails never keeps people from changing something, and the reconciler writes
 * them later.
 *
 * `alsoTo`: a destination that gets the event whatever its sources say.
 */
export function recordAdminEvent(statements: Statements, facts: AdminFacts, alsoTo?: number): void {
  const { uid: recordId, workspaceId } = facts;
  const recordNo = takeRecordNos(statements, 1);
  const draft = { recordId, workspaceId, body: adminFactsText(facts) };
  const { kind } = insertRecord(statements, 'admin', draft, recordNo);
  if (kind !== 'inserted') return;
  const rows = guarded(statements, () => {
    insertMissingRows(statements, 'admin', recordNo);
    if (alsoTo !== undefined) {
      statements.run(
        `insert into aegis_siem_outbox (destination_no, record_no, event_id)
         select ?, record_no, event_id from aegis_siem_events where record_no = ? on conflict do nothing`,
        alsoTo,
        recordNo,
      );
    }
  });
  if (!rows.ok) noteMissed(statements, [recordNo], rows.failure, SILENT);
}
