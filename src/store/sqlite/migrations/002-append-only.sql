-- Records, destination versions and the audit are only ever added to. A BEFORE INSERT trigger stands beside those for UPDATE
-- and DELETE: INSERT OR REPLACE removes the old row without firing a DELETE trigger unless the caller's own connection has
-- recursive_triggers on (https://www.sqlite.org/lang_conflict.html).

create trigger aegis_siem_attestations_no_update before update on aegis_siem_attestations
begin select raise(abort, 'aegis_siem_attestations is append-only: a record cannot be changed'); end;

create trigger aegis_siem_attestations_no_delete before delete on aegis_siem_attestations
begin select raise(abort, 'aegis_siem_attestations is append-only: a record cannot be removed'); end;

create trigger aegis_siem_attestations_no_replace before insert on aegis_siem_attestations
when exists (select 1 from aegis_siem_attestations where attestation_id = new.attestation_id)
  or exists (select 1 from aegis_siem_attestations where record_no = new.record_no)
begin select raise(abort, 'aegis_siem_attestations is append-only: this record exists'); end;

-- The reconciler takes the counter as the end of what is recorded: a number beyond it would be passed over.
create trigger aegis_siem_attestations_number before insert on aegis_siem_attestations
when new.record_no > (select last_record_no from aegis_siem_record_counter)
begin select raise(abort, 'take record_no from aegis_siem_record_counter'); end;

create trigger aegis_siem_events_no_update before update on aegis_siem_events
begin select raise(abort, 'aegis_siem_events is append-only: a record cannot be changed'); end;

create trigger aegis_siem_events_no_delete before delete on aegis_siem_events
begin select raise(abort, 'aegis_siem_events is append-only: a record cannot be removed'); end;

create trigger aegis_siem_events_no_replace before insert on aegis_siem_events
when exists (select 1 from aegis_siem_events where event_id = new.event_id)
  or exists (select 1 from aegis_siem_events where record_no = new.record_no)
  or exists (
    select 1 from aegis_siem_events where workspace_id = new.workspace_id and metadata_uid = new.metadata_uid
  )
begin select raise(abort, 'aegis_siem_events is append-only: this record exists'); end;

create trigger aegis_siem_events_number before insert on aegis_siem_events
when new.record_no > (select last_record_no from aegis_siem_record_counter)
begin select raise(abort, 'take record_no from aegis_siem_record_counter'); end;

create trigger aegis_siem_record_counter_only_grows before update on aegis_siem_record_counter
when new.last_record_no < old.last_record_no or new.one <> old.one
begin select raise(abort, 'aegis_siem_record_counter only grows'); end;

create trigger aegis_siem_record_counter_stays before delete on aegis_siem_record_counter
begin select raise(abort, 'aegis_siem_record_counter cannot be removed'); end;

create trigger aegis_siem_destination_versions_no_update before update on aegis_siem_destination_versions
begin select raise(abort, 'aegis_siem_destination_versions is append-only'); end;

create trigger aegis_siem_destination_versions_no_delete before delete on aegis_siem_destination_versions
begin select raise(abort, 'aegis_siem_destination_versions is append-only'); end;

create trigger aegis_siem_destination_versions_no_replace before insert on aegis_siem_destination_versions
when exists (
  select 1 from aegis_siem_destination_versions
  where destination_no = new.destination_no and row_version = new.row_version
)
begin select raise(abort, 'aegis_siem_destination_versions is append-only: this version exists'); end;

create trigger aegis_siem_audit_no_update before update on aegis_siem_audit
begin select raise(abort, 'aegis_siem_audit is append-only'); end;

create trigger aegis_siem_audit_no_delete before delete on aegis_siem_audit
begin select raise(abort, 'aegis_siem_audit is append-only'); end;

create trigger aegis_siem_audit_no_replace before insert on aegis_siem_audit
when exists (select 1 from aegis_siem_audit where audit_id = new.audit_id)
  or exists (select 1 from aegis_siem_audit where audit_no = new.audit_no)
begin select raise(abort, 'aegis_siem_audit is append-only: this entry exists'); end;
