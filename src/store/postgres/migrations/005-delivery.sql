-- Work of the delivery engine that is one statement for its caller. The planner settings hold whatever the statistics say: the
-- outbox is empty at one moment and a million rows deep at the next, and a plan that was made for one of them must not read the
-- whole table for a batch in the other.

create function @schema@.aegis_siem_now_ms() returns bigint
language sql volatile as $$ select (extract(epoch from clock_timestamp()) * 1000)::bigint $$;

-- What an epoch is bound to: the cluster and its timeline. A restored or promoted server answers another value. Where a managed
-- service hides one of them, the answer is always the same and epochs are not changed by themselves.
create function @schema@.aegis_siem_anchor() returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  return (select system_identifier from pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8);
exception when others then
  return 'not told';
end $$;

-- Ends what was taken: rows go, a receipt comes, and what tombstones stand for becomes dead letters. `dead` is a JSON array of
-- {recordNo, code, message, answer?, attempts}.
create function @schema@.aegis_siem_finish(
  b @schema@.aegis_siem_batches, http_status integer, answer text, ack_id bigint, dead text
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  finished bigint[] := array_remove(b.record_nos, null) || coalesce(b.left_out, '{}');
begin
  if dead <> '[]' then
    -- A record that goes dead once more, after a retry, keeps one letter: the newest reason.
    insert into @schema@.aegis_siem_dead_letters as l (destination_no, record_no, attestation_id, event_id, status, code, message,
      answer, attempts, dead_at)
    select b.destination_no, (d ->> 'recordNo')::bigint, a.attestation_id, e.event_id, 'dead', d ->> 'code', d ->> 'message',
      d ->> 'answer', (d ->> 'attempts')::integer, @schema@.aegis_siem_now_ms()
    from json_array_elements(dead::json) d
    left join @schema@.aegis_siem_attestations a on a.record_no = (d ->> 'recordNo')::bigint
    left join @schema@.aegis_siem_events e on e.record_no = (d ->> 'recordNo')::bigint
    on conflict (destination_no, record_no) do update set dead_letter_id = excluded.dead_letter_id, status = 'dead',
      code = excluded.code, message = excluded.message, answer = excluded.answer, attempts = excluded.attempts,
      dead_at = excluded.dead_at, skipped_by = null, skip_reason = null;
  end if;
  -- By the list of numbers, never by a range: a lower number can be committed later.
  delete from @schema@.aegis_siem_outbox o where o.destination_no = b.destination_no and o.record_no = any (finished);
  insert into @schema@.aegis_siem_receipts (destination_no, epoch_no, first_seq, places, min_record_no, max_record_no,
    record_nos, hashes, tombstones, left_out, replayed, destination_version, attempts, http_status, answer, ack_id, delivered_at)
  select b.destination_no, b.epoch_no, b.first_seq, b.places, coalesce(min(n), 0), coalesce(max(n), 0),
    b.record_nos, b.hashes, b.tombstones, b.left_out, b.replayed, b.destination_version, b.attempts + 1, http_status, answer,
    ack_id, @schema@.aegis_siem_now_ms()
  from unnest(finished) n;
end $$;

-- settled | duplicate (the batch is gone already) | lane_lost (nothing was written).
--
-- The lane is read without a lock, so that several batches of one lane can be finished at once; the batch's own row and token
-- keep a late owner out: a new owner stamps the open batches with its token when it reads them.
create function @schema@.aegis_siem_complete_batch(
  the_destination_no integer, the_owner text, the_token bigint, the_epoch_no integer, the_first_seq bigint,
  http_status integer, answer text, ack_id bigint, dead text
) returns text
language plpgsql
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  batch @schema@.aegis_siem_batches;
begin
  if not exists (
    select 1 from @schema@.aegis_siem_lanes l
    where l.destination_no = the_destination_no and l.owner = the_owner and l.token = the_token
  ) then
    return 'lane_lost';
  end if;
  delete from @schema@.aegis_siem_batches b
  where b.destination_no = the_destination_no and b.epoch_no = the_epoch_no and b.first_seq = the_first_seq
    and b.token = the_token
  returning b.* into batch;
  if not found then
    return case when exists (
      select 1 from @schema@.aegis_siem_batches b
      where b.destination_no = the_destination_no and b.epoch_no = the_epoch_no and b.first_seq = the_first_seq
    ) then 'lane_lost' else 'duplicate' end;
  end if;
  perform @schema@.aegis_siem_finish(batch, http_status, answer, ack_id, dead);
  return 'settled';
end $$;

-- A batch from JSON: {epochNo, firstSeq, recordNos, hashes (hex), tombstones?, leftOut?, replayed?, destinationVersion, renderKey}.
create function @schema@.aegis_siem_batch_of(
  draft json, the_destination_no integer, the_token bigint, attempts integer, last_answer text
) returns @schema@.aegis_siem_batches
language sql stable set search_path = pg_catalog, pg_temp as $$
  select (
    the_destination_no, (draft ->> 'epochNo')::integer, (draft ->> 'firstSeq')::bigint, json_array_length(draft -> 'recordNos'),
    'formed', array(select n::bigint from json_array_elements_text(draft -> 'recordNos') n),
    decode(draft ->> 'hashes', 'hex'), draft ->> 'tombstones',
    case when draft -> 'leftOut' is not null then
      array(select n::bigint from json_array_elements_text(draft -> 'leftOut') n) end,
    case when draft -> 'replayed' is not null then
      array(select n::integer from json_array_elements_text(draft -> 'replayed') n) end,
    (draft ->> 'destinationVersion')::integer, draft ->> 'renderKey', the_token, attempts, last_answer, null::bigint,
    @schema@.aegis_siem_now_ms(), null::bigint
  )::@schema@.aegis_siem_batches
$$;

-- Puts smaller batches with the same numbers in the place of one, and finishes the part that was taken. The lane's row is locked:
-- a new owner sees all of the change or none of it.
create function @schema@.aegis_siem_replace_batch(
  the_destination_no integer, the_owner text, the_token bigint, the_epoch_no integer, the_first_seq bigint,
  open_drafts text, delivered_draft text, http_status integer, answer text, ack_id bigint, dead text
) returns text
language plpgsql
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  old @schema@.aegis_siem_batches;
begin
  perform 1 from @schema@.aegis_siem_lanes l
  where l.destination_no = the_destination_no and l.owner = the_owner and l.token = the_token for update;
  if not found then
    return 'lane_lost';
  end if;
  delete from @schema@.aegis_siem_batches b
  where b.destination_no = the_destination_no and b.epoch_no = the_epoch_no and b.first_seq = the_first_seq
  returning b.* into old;
  if not found then
    return 'duplicate';
  end if;
  if delivered_draft is not null then
    perform @schema@.aegis_siem_finish(
      @schema@.aegis_siem_batch_of(delivered_draft::json, the_destination_no, the_token, old.attempts, old.last_answer),
      http_status, answer, ack_id, dead);
  end if;
  insert into @schema@.aegis_siem_batches
  select part.* from json_array_elements(open_drafts::json) d,
    lateral @schema@.aegis_siem_batch_of(d, the_destination_no, the_token, old.attempts, old.last_answer) part;
  return 'settled';
end $$;

revoke all on function
  @schema@.aegis_siem_anchor(),
  @schema@.aegis_siem_finish(@schema@.aegis_siem_batches, integer, text, bigint, text),
  @schema@.aegis_siem_complete_batch(integer, text, bigint, integer, bigint, integer, text, bigint, text),
  @schema@.aegis_siem_batch_of(json, integer, bigint, integer, text),
  @schema@.aegis_siem_replace_batch(integer, text, bigint, integer, bigint, text, text, integer, text, bigint, text)
from public;
