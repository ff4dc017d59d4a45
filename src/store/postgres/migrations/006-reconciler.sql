-- The reconciler finds rows that an enqueue did not write, in two ways: by the note in aegis_siem_missed, and by a mark for each
-- destination up to which every record has evidence: an open row, an open batch, a dead letter or a receipt.
--
-- A mark must not pass a record that is not visible yet. Numbers are given out in another order than transactions commit, so a
-- record's own transaction id says nothing about those with lower numbers. What does: every transaction takes its id before its
-- first number. So note the last number given out, and after that an id of our own: whoever holds a number up to that one has a
-- lower id, and once no transaction below our id is running (prepared ones count as running) all of those numbers are settled.

create function @schema@.aegis_siem_settle() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  last_given bigint;
  own_xid xid8;
  state @schema@.aegis_siem_settled;
begin
  -- An id that is older than the numbers proves nothing: this must be the first thing that its transaction does.
  if pg_current_xact_id_if_assigned() is not null then
    raise exception 'aegis_siem_settle must be called first in its transaction';
  end if;
  -- The order of these two is the whole point. A sequence that was never used has 1 as its last value.
  select case when is_called then last_value else 0 end into last_given from @schema@.aegis_siem_record_no;
  own_xid := pg_current_xact_id();
  select * into state from @schema@.aegis_siem_settled s where s.one = 1 for update;
  if not found then
    return 0;
  end if;
  if state.anchor <> @schema@.aegis_siem_anchor() then
    -- A cluster that was restored or promoted counts other transaction ids: what was pending says nothing there.
    state.anchor := @schema@.aegis_siem_anchor();
    state.pending_record_no := last_given;
    state.pending_xid := own_xid;
  elsif state.pending_xid <= pg_snapshot_xmin(pg_current_snapshot()) then
    state.record_no := greatest(state.record_no, state.pending_record_no);
    state.pending_record_no := last_given;
    state.pending_xid := own_xid;
  end if;
  -- Where nobody else is writing, the numbers given out a moment ago are settled already.
  if state.pending_xid <= pg_snapshot_xmin(pg_current_snapshot()) then
    state.record_no := greatest(state.record_no, state.pending_record_no);
  end if;
  update @schema@.aegis_siem_settled s set record_no = state.record_no, pending_record_no = state.pending_record_no,
    pending_xid = state.pending_xid, anchor = state.anchor
  where s.one = 1;
  return state.record_no;
end $$;

-- Enqueues what lacks evidence among the records [from_no, to_no] for one destination. Answers the rows written.
create function @schema@.aegis_siem_enqueue_range(d @schema@.aegis_siem_destinations, from_no bigint, to_no bigint)
returns integer
language plpgsql set search_path = pg_catalog, pg_temp
-- The sessions of the delivery walk by index alone; here thousands of records are held against thousands of receipts.
set enable_hashjoin = on set enable_sort = on set enable_seqscan = off as $$
declare
  written integer;
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
    select c.record_no from candidates c where c.workspace_id = d.workspace_id and c.recorded_at >= d.active_since
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
create function @schema@.aegis_siem_reconcile(
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
    for d in
      select * from @schema@.aegis_siem_destinations x
      where x.workspace_id = note.workspace_id and x.state in ('active', 'paused') and x.active_since <= note.recorded_at
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

revoke all on function
  @schema@.aegis_siem_settle(),
  @schema@.aegis_siem_enqueue_range(@schema@.aegis_siem_destinations, bigint, bigint),
  @schema@.aegis_siem_reconcile(integer, integer)
from public;
