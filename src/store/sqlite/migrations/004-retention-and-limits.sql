-- What is finished and old is removed in small steps, and an operator may limit what waits for a destination.
-- Same names and columns as src/store/postgres/migrations/007-retention-and-limits.sql.

-- The latest receipt of an epoch stays for ever: whether a later one exists must cost one look.
create index aegis_siem_receipts_by_number on aegis_siem_receipts (destination_no, epoch_no, first_seq);

-- Skipped letters go by the time of the skip. The table itself keeps that time, however a row comes to be skipped.
alter table aegis_siem_dead_letters add column skipped_at integer;
update aegis_siem_dead_letters set skipped_at = dead_at where status = 'skipped';
create index aegis_siem_dead_letters_skipped on aegis_siem_dead_letters (skipped_at) where status = 'skipped';

create trigger aegis_siem_dead_letters_skipped_insert after insert on aegis_siem_dead_letters
when new.status = 'skipped' and new.skipped_at is null
begin
  update aegis_siem_dead_letters set skipped_at = cast(unixepoch('subsec') * 1000 as integer)
  where destination_no = new.destination_no and record_no = new.record_no;
end;

create trigger aegis_siem_dead_letters_skipped_update after update of status on aegis_siem_dead_letters
when new.status <> old.status
begin
  update aegis_siem_dead_letters
  set skipped_at = case when new.status = 'skipped' then cast(unixepoch('subsec') * 1000 as integer) end
  where destination_no = new.destination_no and record_no = new.record_no;
end;

alter table aegis_siem_destinations add column limits text not null default '{}' check (json_valid(limits)); -- JSON: maxAgeMs, maxRows, maxBytes
alter table aegis_siem_lanes add column limit_levels text check (json_valid(limit_levels));                 -- JSON: the alarm level of each limit
