-- What a person sees of each delivery, whichever table holds it:
--
--   pending    an open row that no batch has taken yet
--   in_flight  an open row in a batch that is being sent, or waits for another try or an acknowledgement
--   delivered  in a receipt, at a place that holds the event itself
--   dead       given up after the destination refused it, with the reason
--   skipped    left out by the destination's filter, or given up by a person, with who and why
--
-- A record that was sent again on a person's word has one row for each time.
create view @schema@.aegis_siem_deliveries as
with in_batch as (
  select b.destination_no, m.record_no, b.first_seq + m.place - 1 as seq, b.attempts, b.last_answer, b.destination_version
  from @schema@.aegis_siem_batches b, unnest(b.record_nos) with ordinality m (record_no, place)
  where m.record_no is not null
),
stories as (
  select o.destination_no, o.record_no, case when i.record_no is null then 'pending' else 'in_flight' end as status,
    coalesce(i.attempts, 0) as attempts, i.last_answer, i.seq, null::bigint as finished_at, i.destination_version
  from @schema@.aegis_siem_outbox o
  left join in_batch i on i.destination_no = o.destination_no and i.record_no = o.record_no
  union all
  select r.destination_no, m.record_no, 'delivered', r.attempts, r.answer, r.first_seq + m.place - 1, r.delivered_at,
    r.destination_version
  from @schema@.aegis_siem_receipts r, unnest(r.record_nos) with ordinality m (record_no, place)
  where m.record_no is not null and (r.tombstones is null or not exists (
    select 1 from json_array_elements(r.tombstones::json) t where (t.value ->> 'index')::bigint = m.place - 1
  ))
  union all
  select r.destination_no, m.record_no, 'skipped', 0, null, null, r.delivered_at, r.destination_version
  from @schema@.aegis_siem_receipts r, unnest(r.left_out) m (record_no)
  union all
  select l.destination_no, l.record_no, l.status, l.attempts, l.answer, null, l.dead_at, null
  from @schema@.aegis_siem_dead_letters l
)
select d.destination_no, d.destination_id, d.name as destination_name, d.workspace_id, s.record_no, a.attestation_id,
  e.metadata_uid as event_uid, s.status, s.attempts, s.last_answer, s.seq,
  coalesce(a.recorded_at, e.recorded_at) as recorded_at, s.finished_at, s.destination_version
from stories s
join @schema@.aegis_siem_destinations d on d.destination_no = s.destination_no
left join @schema@.aegis_siem_attestations a on a.record_no = s.record_no
left join @schema@.aegis_siem_events e on e.record_no = s.record_no;
