-- Records that were removed on purpose: signed words, each of a run of numbers. Same names and columns as
-- src/store/sqlite/migrations/013-prune-marks.sql.
create table @schema@.aegis_siem_prune_marks (
  mark_no bigint primary key,
  from_record_no bigint not null unique,
  to_record_no bigint not null check (to_record_no >= from_record_no),
  records bigint not null,
  link_no bigint not null,                 -- the last link of the record chain that covers the run
  link_sha256 text not null,
  recorded_before bigint not null,
  made_at bigint not null,
  actor text not null,
  key_id text not null,
  signature text not null
);

create trigger aegis_siem_prune_marks_append_only before update or delete on @schema@.aegis_siem_prune_marks
  for each row execute function @schema@.aegis_siem_refuse_change();
create trigger aegis_siem_prune_marks_no_truncate before truncate on @schema@.aegis_siem_prune_marks
  for each statement execute function @schema@.aegis_siem_refuse_change();
alter table @schema@.aegis_siem_prune_marks enable always trigger aegis_siem_prune_marks_append_only;
alter table @schema@.aegis_siem_prune_marks enable always trigger aegis_siem_prune_marks_no_truncate;

-- What is at or below a mark may go, and nothing else. No role is given the right to delete records or to write a mark: it is the
-- owner who prunes. The schema is asked of the trigger: "verify --store" holds this text against the one that is installed.
create or replace function @schema@.aegis_siem_refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  is_pruned boolean := false;
begin
  if tg_op = 'DELETE' and tg_table_name in ('aegis_siem_attestations', 'aegis_siem_events') then
    execute format('select exists (select 1 from %I.aegis_siem_prune_marks where to_record_no >= $1)', tg_table_schema)
      into is_pruned using old.record_no;
    if is_pruned then
      return old;
    end if;
  end if;
  raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;
