import { adminFactsText, type AdminFacts } from '../../ocsf/admin/admin-facts.ts';
import type { Statements } from './database.ts';

/**
 * Records an administrative event in the open transaction, beside what it tells of: both are kept or neither. Its rows are
 * guarded as those of every record: an outbox that fails never keeps people from changing something, and the reconciler writes
 * them later.
 *
 * `alsoTo`: a destination that gets the event whatever its sources say.
 */
export async function recordAdminEvent(
  statements: Statements,
  facts: AdminFacts,
  alsoTo?: number,
): Promise<void> {
  await statements.first(
    `select array_length(new_places, 1) as recorded
     from @schema@.aegis_siem_record_event_group(array[$1], array[$2], array[$3], array['admin'])`,
    [facts.uid, facts.workspaceId, adminFactsText(facts)],
  );
  if (alsoTo === undefined) return;
  await statements.run(
    `insert into @schema@.aegis_siem_outbox (destination_no, record_no, event_id)
     select $1, record_no, event_id from @schema@.aegis_siem_events
     where workspace_id = $2 and metadata_uid = $3 on conflict do nothing`,
    [alsoTo, facts.workspaceId, facts.uid],
  );
}
