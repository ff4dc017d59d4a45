-- What is finished and old is removed in small steps, and an operator may limit what waits for a destination.
-- Same names and columns as src/store/sqlite/migrations/004-retention-and-limits.sql.

-- The latest receipt of an epoch stays for ever: whether a later one exists must cost one look.
create index aegis_siem_receipts_by_number on @schema@.aegis_siem_receipts (destination_no, epoch_no, first_seq);

-- Skipped letters go by the time of the skip. The table itself keeps that time, however a row comes to be skipped.
alter table @schema@.aegis_siem_dead_letters add column skipped_at bigint;
update @schema@.aegis_siem_dead_letters set skipped_at = dead_at where status = 'skipped';
create index aegis_siem_dead_letters_skipped on @schema@.aegis_siem_dead_letters (skipped_at) where status = 'skipped';

create function @schema@.aegis_siem_note_skip() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.status <> 'skipped' then
    new.skipped_at := null;
  elsif tg_op = 'INSERT' or old.status <> 'skipped' then
    new.skipped_at := coalesce(case when tg_op = 'INSERT' then new.skipped_at end,
      (extract(epoch from clock_timestamp()) * 1000)::bigint);
  end if;
  return new;
end $$;

create trigger aegis_siem_dead_letters_note_skip before insert or update of status on @schema@.aegis_siem_dead_letters
for each row execute function @schema@.aegis_siem_note_skip();

alter table @schema@.aegis_siem_destinations add column limits text not null default '{}'
  check (limits::json is not null);                            -- JSON: maxAgeMs, maxRows, maxBytes
alter table @schema@.aegis_siem_lanes add column limit_levels text
  check (limit_levels is null or limit_levels::json is not null); -- JSON: the alarm level of each limit

-- One bounded step: at most max_rows rows go, and the locks on them are held for this one statement. A cutoff that is null keeps
-- everything of its kind. Only one process prunes at a time; the others answer that there is nothing to do.
--
-- `safe_no`: up to this number the reconciler has looked, so that it will not ask for evidence again. Where a destination takes no
-- rows it never will, since its mark begins anew when it takes them again.
create function @schema@.aegis_siem_prune(
  receipts_before bigint, attempts_before bigint, skipped_before bigint, max_rows integer,
  out receipts integer, out attempts integer, out skipped_letters integer
)
language plpgsql
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = on as $$
declare
  -- Rows that must stay may stand before those that may go: the latest receipt of each epoch, and what is above the mark.
  head constant integer := 1000;
  first_missed bigint := coalesce((select min(m.record_no) from @schema@.aegis_siem_missed m), 9223372036854775807);
  d record;
  rows_left integer := max_rows;
  removed integer;
begin
  receipts := 0;
  attempts := 0;
  skipped_letters := 0;
  if not pg_try_advisory_xact_lock(hashtext('aegis_siem_prune'), hashtext('@schema@')) then
    return;
  end if;
  for d in
    select x.destination_no, least(first_missed - 1,
      case when x.state in ('active', 'paused') then coalesce(r.mark, 0) else 9223372036854775807 end) as safe_no
    from @schema@.aegis_siem_destinations x left join @schema@.aegis_siem_reconciler r using (destination_no)
    order by x.destination_no
  loop
    if receipts_before is not null and rows_left > 0 then
      with oldest as materialized (
        select c.receipt_no, c.epoch_no, c.first_seq, c.max_record_no from @schema@.aegis_siem_receipts c
        where c.destination_no = d.destination_no and c.delivered_at < receipts_before
        order by c.delivered_at limit max_rows + head
      )
      delete from @schema@.aegis_siem_receipts c where c.receipt_no = any (array(
        select o.receipt_no from oldest o
        where o.max_record_no <= d.safe_no and exists (
          select 1 from @schema@.aegis_siem_receipts later
          where later.destination_no = d.destination_no and later.epoch_no = o.epoch_no and later.first_seq > o.first_seq)
        limit rows_left));
      get diagnostics removed = row_count;
      receipts := receipts + removed;
      rows_left := rows_left - removed;
    end if;
    if attempts_before is not null and rows_left > 0 then
      delete from @schema@.aegis_siem_attempts t where t.attempt_no = any (array(
        select o.attempt_no from @schema@.aegis_siem_attempts o
        where o.destination_no = d.destination_no and o.at < attempts_before
        order by o.attempt_no limit rows_left));
      get diagnostics removed = row_count;
      attempts := attempts + removed;
      rows_left := rows_left - removed;
    end if;
    if skipped_before is not null and rows_left > 0 then
      with oldest as materialized (
        select l.destination_no, l.record_no from @schema@.aegis_siem_dead_letters l
        where l.status = 'skipped' and l.skipped_at < skipped_before order by l.skipped_at limit max_rows + head
      ), gone as materialized (
        select o.record_no from oldest o where o.destination_no = d.destination_no and o.record_no <= d.safe_no
        limit rows_left
      )
      delete from @schema@.aegis_siem_dead_letters l using gone g
      where l.destination_no = d.destination_no and l.record_no = g.record_no and l.status = 'skipped';
      get diagnostics removed = row_count;
      skipped_letters := skipped_letters + removed;
      rows_left := rows_left - removed;
    end if;
  end loop;
end $$;

revoke all on function @schema@.aegis_siem_note_skip(), @schema@.aegis_siem_prune(bigint, bigint, bigint, integer) from public;
