-- Records, destination versions and the audit are only ever added to. Row triggers do not see TRUNCATE, so a statement trigger
-- stands beside them; ENABLE ALWAYS keeps both in force under session_replication_role = replica
-- (https://www.postgresql.org/docs/current/sql-altertable.html, "disable/enable trigger"). The owner of a table can still drop
-- its triggers: record under another role than the owner's.

create function @schema@.aegis_siem_refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;

create trigger aegis_siem_attestations_append_only before update or delete on @schema@.aegis_siem_attestations
  for each row execute function @schema@.aegis_siem_refuse_change();
create trigger aegis_siem_attestations_no_truncate before truncate on @schema@.aegis_siem_attestations
  for each statement execute function @schema@.aegis_siem_refuse_change();
alter table @schema@.aegis_siem_attestations enable always trigger aegis_siem_attestations_append_only;
alter table @schema@.aegis_siem_attestations enable always trigger aegis_siem_attestations_no_truncate;

create trigger aegis_siem_events_append_only before update or delete on @schema@.aegis_siem_events
  for each row execute function @schema@.aegis_siem_refuse_change();
create trigger aegis_siem_events_no_truncate before truncate on @schema@.aegis_siem_events
  for each statement execute function @schema@.aegis_siem_refuse_change();
alter table @schema@.aegis_siem_events enable always trigger aegis_siem_events_append_only;
alter table @schema@.aegis_siem_events enable always trigger aegis_siem_events_no_truncate;

create trigger aegis_siem_destination_versions_append_only before update or delete on @schema@.aegis_siem_destination_versions
  for each row execute function @schema@.aegis_siem_refuse_change();
create trigger aegis_siem_destination_versions_no_truncate before truncate on @schema@.aegis_siem_destination_versions
  for each statement execute function @schema@.aegis_siem_refuse_change();
alter table @schema@.aegis_siem_destination_versions enable always trigger aegis_siem_destination_versions_append_only;
alter table @schema@.aegis_siem_destination_versions enable always trigger aegis_siem_destination_versions_no_truncate;

create trigger aegis_siem_audit_append_only before update or delete on @schema@.aegis_siem_audit
  for each row execute function @schema@.aegis_siem_refuse_change();
create trigger aegis_siem_audit_no_truncate before truncate on @schema@.aegis_siem_audit
  for each statement execute function @schema@.aegis_siem_refuse_change();
alter table @schema@.aegis_siem_audit enable always trigger aegis_siem_audit_append_only;
alter table @schema@.aegis_siem_audit enable always trigger aegis_siem_audit_no_truncate;
