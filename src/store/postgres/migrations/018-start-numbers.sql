-- What a destination is owed is told by number, and not by the clock alone. The clock of the database may be set back after a
-- destination was made or enabled: until it has caught up, every record looked as if it was from before, and one whose enqueue
-- had failed was passed over, with its note. `start_no` is the last number given out when the destination began to take records:
-- what has a higher one came after it, whatever the clock says. Numbers up to it may still belong to transactions that were
-- running; those are owed by their time, as before. Absent for destinations that began under an earlier version.
alter table @schema@.aegis_siem_reconciler add column start_no bigint;

-- Enqueues what lacks evidence among the records [from_no, to_no] for one destination. Answers the rows written.
create or replace function @schema@.aegis_siem_enqueue_range(d @schema@.aegis_siem_destinations, from_no bigint, to_no bigint)
returns integer
language plpgsql set search_path = pg_catalog, pg_temp
-- The sessions of the delivery walk by index alone; here thousands of records are held against thousands of receipts.
set enable_hashjoin = on set enable_sort = on set enable_seqscan = off as $$
declare
  written integer;
  first_no bigint := (select r.start_no from @schema@.aegis_siem_reconciler r where r.destination_no = d.destination_no);
begin
  with evidence as materialized (
    select n from @schema@.aegis_siem_receipts c, unnest(c.record_nos || c.left_out) n
    where c.destination_no = d.destination_no and c.max_record_no >= from_no and c.min_record_no <= to_no
      and n between from_no and to_no
    union all
    select n from @schema@.aegis_siem_batches b, unnest(b.record_nos || b.left_out) n
    where b.destination_no = d.destination_no and n between from_no and to_no
  ), candidates as (
    select r.record_no, r.workspace_id, r.recorded_at
    from @schema@.aegis_siem_attestations r
    where r.record_no between from_no and to_no
      and (d.sources ? 'attestations' or jsonb_typeof(d.sources) <> 'array')
    union all
    select r.record_no, r.workspace_id, r.recorded_at
    from @schema@.aegis_siem_events r
    where r.record_no between from_no and to_no and (d.sources ? r.source or jsonb_typeof(d.sources) <> 'array')
  ), without_evidence as (
    -- EXCEPT costs the same whatever the planner guesses of the lengths of arrays; a join may compare all with all.
    select c.record_no from candidates c where c.workspace_id = d.workspace_id
      and (c.recorded_at >= d.active_since or c.record_no > first_no)
    except
    select n from evidence
  )
  insert into @schema@.aegis_siem_outbox (destination_no, record_no, attestation_id, event_id)
  select d.destination_no, c.record_no, a.attestation_id, e.event_id
  from without_evidence c
  left join @schema@.aegis_siem_attestations a on a.record_no = c.record_no
  left join @schema@.aegis_siem_events e on e.record_no = c.record_no
  where not exists (select 1 from @schema@.aegis_siem_outbox o
      where o.destination_no = d.destination_no and o.record_no = c.record_no)
    and not exists (select 1 from @schema@.aegis_siem_dead_letters l
      where l.destination_no = d.destination_no and l.record_no = c.record_no)
  order by c.record_no
  on conflict do nothing;
  get diagnostics written = row_count;
  return written;
end $$;

-- One bounded step. Only one process does it at a time; the others answer that there is nothing to do.
create or replace function @schema@.aegis_siem_reconcile(
  max_records integer, max_missed integer, out missed_enqueued integer, out repaired_enqueued integer, out more boolean
)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  settled bigint;
  budget bigint := max_records;
  d @schema@.aegis_siem_destinations;
  note record;
  item record;
  the_mark bigint;
  to_no bigint;
  written integer;
  notes integer := 0;
begin
  missed_enqueued := 0;
  repaired_enqueued := 0;
  more := false;
  if not pg_try_advisory_xact_lock(hashtext('aegis_siem_reconcile'), hashtext('@schema@')) then
    return;
  end if;
  settled := @schema@.aegis_siem_settle();

  for note in
    select m.record_no, coalesce(a.workspace_id, e.workspace_id) as workspace_id,
      coalesce(a.recorded_at, e.recorded_at) as recorded_at,
      case when a.record_no is null then e.source else 'attestations' end as kind
    from @schema@.aegis_siem_missed m
    left join @schema@.aegis_siem_attestations a on a.record_no = m.record_no
    left join @schema@.aegis_siem_events e on e.record_no = m.record_no
    order by m.record_no limit max_missed
  loop
    notes := notes + 1;
    -- What a destination is not owed, since it was recorded before its start, is passed over by aegis_siem_enqueue_range.
    for d in
      select * from @schema@.aegis_siem_destinations x
      where x.workspace_id = note.workspace_id and x.state in ('active', 'paused')
        and (x.sources ? note.kind or jsonb_typeof(x.sources) <> 'array')
    loop
      written := @schema@.aegis_siem_enqueue_range(d, note.record_no, note.record_no);
      if written > 0 then
        missed_enqueued := missed_enqueued + written;
        insert into @schema@.aegis_siem_reconciler as r (destination_no, mark, missed_enqueued)
        values (d.destination_no, 0, written)
        on conflict (destination_no) do update set missed_enqueued = r.missed_enqueued + excluded.missed_enqueued;
      end if;
    end loop;
    delete from @schema@.aegis_siem_missed m where m.record_no = note.record_no;
  end loop;
  more := notes = max_missed;

  -- Those that are furthest behind come first, so that none waits for ever behind the others.
  for item in
    select x as destination, coalesce(r.mark, 0) as mark from @schema@.aegis_siem_destinations x
    left join @schema@.aegis_siem_reconciler r using (destination_no)
    where x.state in ('active', 'paused') and coalesce(r.mark, 0) < settled
    order by coalesce(r.mark, 0), x.destination_no
  loop
    if budget <= 0 then
      more := true;
      exit;
    end if;
    d := item.destination;
    the_mark := item.mark;
    to_no := least(settled, the_mark + budget);
    budget := budget - (to_no - the_mark);
    written := @schema@.aegis_siem_enqueue_range(d, the_mark + 1, to_no);
    repaired_enqueued := repaired_enqueued + written;
    insert into @schema@.aegis_siem_reconciler as r (destination_no, mark, repaired_enqueued)
    values (d.destination_no, to_no, written)
    on conflict (destination_no) do update set mark = excluded.mark,
      repaired_enqueued = r.repaired_enqueued + excluded.repaired_enqueued;
    if to_no < settled then
      more := true;
      exit;
    end if;
  end loop;
end $$;
