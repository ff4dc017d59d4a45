-- Records that were removed on purpose: signed words, each of a run of numbers. Same names and columns as
-- src/store/postgres/migrations/016-prune-marks.sql.
create table aegis_siem_prune_marks (
  mark_no integer primary key,
  from_record_no integer not null,
  to_record_no integer not null check (to_record_no >= from_record_no),
  records integer not null,
  link_no integer not null,                -- the last link of the record chain that covers the run
  link_sha256 text not null,
  recorded_before integer not null,
  made_at integer not null,
  actor text not null,
  key_id text not null,
  signature text not null
) strict;

create trigger aegis_siem_prune_marks_no_update before update on aegis_siem_prune_marks
begin select raise(abort, 'aegis_siem_prune_marks is append-only: a mark cannot be changed'); end;

create trigger aegis_siem_prune_marks_no_delete before delete on aegis_siem_prune_marks
begin select raise(abort, 'aegis_siem_prune_marks is append-only: a mark cannot be removed'); end;

create trigger aegis_siem_prune_marks_no_replace before insert on aegis_siem_prune_marks
when exists (select 1 from aegis_siem_prune_marks where mark_no = new.mark_no)
begin select raise(abort, 'aegis_siem_prune_marks is append-only: this mark exists'); end;

-- A run begins where the one before ended.
create trigger aegis_siem_prune_marks_follow before insert on aegis_siem_prune_marks
when new.from_record_no <> coalesce((select max(to_record_no) from aegis_siem_prune_marks), 0) + 1
begin select raise(abort, 'a prune mark follows the one before'); end;

-- What is at or below a mark may go, and nothing else.
drop trigger aegis_siem_attestations_no_delete;
create trigger aegis_siem_attestations_no_delete before delete on aegis_siem_attestations
when not exists (select 1 from aegis_siem_prune_marks where to_record_no >= old.record_no)
begin select raise(abort, 'aegis_siem_attestations is append-only: a record cannot be removed'); end;

drop trigger aegis_siem_events_no_delete;
create trigger aegis_siem_events_no_delete before delete on aegis_siem_events
when not exists (select 1 from aegis_siem_prune_marks where to_record_no >= old.record_no)
begin select raise(abort, 'aegis_siem_events is append-only: a record cannot be removed'); end;
