-- Beside each checkpoint, what proves that the receipts that it covers are as they were. Same names and columns as
-- src/store/sqlite/migrations/010-receipt-seals.sql.
alter table @schema@.aegis_siem_checkpoints add column receipt_seal text;    -- COUNT ROOT KEY_ID SIGNATURE
alter table @schema@.aegis_siem_checkpoints add column receipt_index bytea;  -- 14 bytes a receipt: number, and 8 bytes of its hash
alter table @schema@.aegis_siem_checkpoints alter column receipt_index set storage external;

drop function @schema@.aegis_siem_prune(bigint, bigint, bigint, integer);

-- One bounded step: at most max_rows rows go, and the locks on them are held for this one statement. A cutoff that is null keeps
-- everything of its kind. Only one process prunes at a time; the others answer that there is nothing to do.
--
-- `safe_no`: up to this number the reconciler has looked, so that it will not ask for evidence again. Where a destination takes no
-- rows it never will, since its mark begins anew when it takes them again.
--
-- `only_covered`: checkpoints are made. What none covers stays, and what one covers stays as long as the checkpoint is young, so
-- that every checkpoint that is kept can be held against its receipts.
create function @schema@.aegis_siem_prune(
  receipts_before bigint, attempts_before bigint, skipped_before bigint, max_rows integer,
  only_covered boolean default false,
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
  covered_seq bigint;
begin
  receipts := 0;
  attempts := 0;
  skipped_letters := 0;
  if not pg_try_advisory_xact_lock(hashtext('aegis_siem_prune'), hashtext('@schema@')) then
    return;
  end if;
  for d in
    select x.destination_no, x.state in ('active', 'paused') as is_live, l.epoch_no as live_epoch_no, least(first_missed - 1,
      case when x.state in ('active', 'paused') then coalesce(r.mark, 0) else 9223372036854775807 end) as safe_no
    from @schema@.aegis_siem_destinations x left join @schema@.aegis_siem_reconciler r using (destination_no)
    left join @schema@.aegis_siem_lanes l using (destination_no)
    order by x.destination_no
  loop
    if receipts_before is not null and rows_left > 0 then
      -- Up to here the newest checkpoint that is old itself and was delivered covers the epoch that the lane is in.
      covered_seq := coalesce((
        select (c.body::json ->> 'to_seq')::bigint from @schema@.aegis_siem_checkpoints c
        where c.destination_no = d.destination_no and c.epoch_no = d.live_epoch_no and c.made_at < receipts_before
          and exists (select 1 from @schema@.aegis_siem_receipts r
            where r.destination_no = d.destination_no and r.epoch_no = c.epoch_no and r.first_seq = c.seq
              and r.places = 1 and r.record_nos[1] is null and r.tombstones is null)
        order by c.seq desc limit 1), 0);
      with oldest as materialized (
        select c.receipt_no, c.epoch_no, c.first_seq, c.places, c.max_record_no from @schema@.aegis_siem_receipts c
        where c.destination_no = d.destination_no and c.delivered_at < receipts_before
        order by c.delivered_at limit max_rows + head
      )
      delete from @schema@.aegis_siem_receipts c where c.receipt_no = any (array(
        select o.receipt_no from oldest o
        where o.max_record_no <= d.safe_no
          and (not only_covered or not d.is_live or (case when o.epoch_no = d.live_epoch_no
            then o.first_seq + greatest(o.places, 1) - 1 <= covered_seq
            else not exists (select 1 from @schema@.aegis_siem_checkpoints young
              where young.destination_no = d.destination_no and young.epoch_no = o.epoch_no
                and young.made_at >= receipts_before and young.seq > o.first_seq) end))
          and exists (
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

revoke all on function @schema@.aegis_siem_prune(bigint, bigint, bigint, integer, boolean) from public;
