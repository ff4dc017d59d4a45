-- Recording and enqueue, callable from any language.
--
--   aegis_siem_record(record text)              records an attestation and enqueues it, in the caller's transaction
--   aegis_siem_record_as(id, workspace, record) the same for a caller that has parsed the record already
--   aegis_siem_enqueue(attestation_id uuid)     enqueues one that is recorded; rows written, null when it failed
--   aegis_siem_enqueue_event(event text)        records and enqueues `{workspace_id, event}`, an event that is no attestation
--
-- They run with the owner's rights (SECURITY DEFINER, fixed search_path), so the caller needs no right on any table; nobody may
-- call them until the owner says so:
--
--   grant usage on schema @schema@ to recorder;
--   grant execute on function @schema@.aegis_siem_record(text), @schema@.aegis_siem_record_as(uuid, text, text),
--     @schema@.aegis_siem_enqueue(uuid), @schema@.aegis_siem_enqueue_event(text),
--     @schema@.aegis_siem_enqueue_event_as(text, text, text), @schema@.aegis_siem_bound_time(integer) to recorder;
--
-- What each guarded block catches: OTHERS leaves out QUERY_CANCELED, so a statement time-out must be named or it would take the
-- record along (https://www.postgresql.org/docs/current/plpgsql-control-structures.html#PLPGSQL-ERROR-TRAPPING). Lock waits are
-- bounded by the function; the total only by the caller's statement_timeout, which cannot be changed for a running statement.
-- Nothing here notifies: a NOTIFY would make the commits of all recording transactions wait for each other.

-- Bounds the statements that follow in this transaction by `statement_timeout`, unless the caller's own value is shorter, and
-- keeps that one in `aegis_siem.callers_timeout` to be put back. A running statement cannot change its own limit: hence a
-- statement of its own, before the call. Nothing here needs the owner's rights.
create function @schema@.aegis_siem_bound_time(timeout_ms integer) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  callers constant text := current_setting('statement_timeout');
begin
  perform set_config('aegis_siem.callers_timeout', callers, true);
  if callers = '0' or callers::interval > timeout_ms * interval '1 millisecond' then
    perform set_config('statement_timeout', timeout_ms::text, true);
  end if;
end $$;

-- Pending rows of records for the active and paused destinations of each record's workspace. It raises: callers guard it.
-- `kind` is attestations, admin or external. Answers rows due for each record, in the order given. A destination whose sources
-- are no list takes everything: a row too many can be explained, a row too few is lost. Fewer rows than due (a trigger that
-- swallows them in silence) is an error too.
create function @schema@.aegis_siem_enqueue_rows(record_nos bigint[], ids uuid[], workspaces text[], kind text)
returns integer[]
language plpgsql set lock_timeout = '100ms' set plan_cache_mode = force_generic_plan as $$
declare
  due_by_record integer[];
  due_rows bigint;
  written_rows bigint;
begin
  with due as materialized (
    select r.place, r.record_no, r.id, d.destination_no
    from unnest(record_nos, ids, workspaces) with ordinality r (record_no, id, workspace_id, place)
    join @schema@.aegis_siem_destinations d on d.workspace_id = r.workspace_id and d.state in ('active', 'paused')
      and (d.sources ? kind or jsonb_typeof(d.sources) <> 'array')
  ), written as (
    insert into @schema@.aegis_siem_outbox (destination_no, record_no, attestation_id, event_id)
    select destination_no, record_no, case when kind = 'attestations' then id end, case when kind <> 'attestations' then id end
    from due order by destination_no, record_no
    returning 1
  ), by_record as (
    select place, count(*)::integer as taking from due group by place
  )
  select array_agg(coalesce(by_record.taking, 0) order by all_places.place),
    (select count(*) from due), (select count(*) from written)
  into due_by_record, due_rows, written_rows
  from generate_series(1, cardinality(record_nos)) all_places (place) left join by_record using (place);
  if written_rows <> due_rows then
    raise exception 'the enqueue wrote % rows where % were due: look for triggers on aegis_siem_outbox',
      written_rows, due_rows using errcode = 'data_exception';
  end if;
  return due_by_record;
end $$;

-- The same for one record, without arrays: the path of every recording transaction.
create function @schema@.aegis_siem_enqueue_one(the_record_no bigint, attestation uuid, event uuid, workspace text, kind text)
returns integer
language plpgsql set lock_timeout = '100ms' set plan_cache_mode = force_generic_plan as $$
declare
  due_rows integer;
  written_rows integer;
begin
  with due as materialized (
    select d.destination_no from @schema@.aegis_siem_destinations d
    where d.workspace_id = workspace and d.state in ('active', 'paused')
      and (d.sources ? kind or jsonb_typeof(d.sources) <> 'array')
  ), written as (
    insert into @schema@.aegis_siem_outbox (destination_no, record_no, attestation_id, event_id)
    select due.destination_no, the_record_no, attestation, event from due
    returning 1
  )
  select (select count(*) from due), (select count(*) from written) into due_rows, written_rows;
  if written_rows <> due_rows then
    raise exception 'the enqueue wrote % rows where % were due: look for triggers on aegis_siem_outbox',
      written_rows, due_rows using errcode = 'data_exception';
  end if;
  return written_rows;
end $$;

-- Notes records whose enqueue failed. Guarded as well: where not even the note can be written the records stand, and the
-- reconciler finds them by their missing evidence.
create function @schema@.aegis_siem_note_missed(record_nos bigint[], why text) returns void
language plpgsql set lock_timeout = '100ms' as $$
begin
  raise warning 'aegis_siem: % recorded but not enqueued (%); the reconciler will try again',
    cardinality(record_nos), left(why, 500);
  begin
    insert into @schema@.aegis_siem_missed (record_no, reason)
    select n, left(why, 500) from unnest(record_nos) n on conflict do nothing;
  exception when query_canceled or others then
    raise warning 'aegis_siem: the enqueue that failed could not be noted (%)', sqlstate;
  end;
end $$;

create function @schema@.aegis_siem_record_as(
  id uuid, workspace text, record text,
  out status text, out attestation_id uuid, out record_no bigint, out enqueued integer, out reason text
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  new_record_no bigint;
  present_body text;
begin
  attestation_id := id;
  insert into @schema@.aegis_siem_attestations as a (attestation_id, workspace_id, body)
  values (id, workspace, record)
  on conflict (attestation_id) do nothing returning a.record_no into new_record_no;
  if new_record_no is null then
    select a.body into present_body from @schema@.aegis_siem_attestations a where a.attestation_id = id;
    if present_body = record then
      status := 'duplicate';
    else
      status := 'conflict';
      reason := 'this attestation_id is recorded with other bytes';
    end if;
    return;
  end if;
  status := 'recorded';
  record_no := new_record_no;
  begin
    enqueued := @schema@.aegis_siem_enqueue_one(new_record_no, id, null, workspace, 'attestations');
  exception when query_canceled or others then
    reason := format('%s: %s', sqlstate, sqlerrm);
  end;
  if reason is not null then
    enqueued := null;
    begin
      perform @schema@.aegis_siem_note_missed(array[new_record_no], reason);
    exception when query_canceled or others then
      raise warning 'aegis_siem: recorded but not enqueued (%), and not noted (%)', reason, sqlstate;
    end;
  end if;
end $$;

-- Reads the ids out of the record and records it as it is. A record without them, or one that is no JSON a SIEM can be sent
-- (U+0000, a lone surrogate), is rejected with a warning; everything else is judged when it is delivered.
create function @schema@.aegis_siem_record(
  record text, out status text, out attestation_id uuid, out record_no bigint, out enqueued integer, out reason text
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  id uuid;
  workspace text;
  parsed jsonb;
begin
  begin
    parsed := record::jsonb;
    workspace := parsed ->> 'workspace_id';
    id := (parsed ->> 'attestation_id')::uuid;
    if id is null then
      reason := 'attestation_id is missing';
    elsif coalesce(workspace, '') = '' or jsonb_typeof(parsed -> 'workspace_id') <> 'string' then
      reason := 'workspace_id is missing or no text';
    end if;
  exception when others then
    -- The server's own sentence repeats the value: only its code is passed on.
    reason := case when parsed is null then 'not JSON that can be kept' else 'attestation_id is no UUID' end
      || format(' (%s)', sqlstate);
  end;
  if reason is not null then
    status := 'rejected';
    raise warning 'aegis_siem: a record was rejected: %', reason;
    return;
  end if;
  select r.status, r.attestation_id, r.record_no, r.enqueued, r.reason
  into status, attestation_id, record_no, enqueued, reason
  from @schema@.aegis_siem_record_as(id, workspace, record) r;
end $$;

create function @schema@.aegis_siem_enqueue(attestation_id uuid) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '100ms' as $$
declare
  found_record_no bigint;
  found_workspace text;
  failure text;
  written integer;
begin
  begin
    select a.record_no, a.workspace_id into found_record_no, found_workspace
    from @schema@.aegis_siem_attestations a where a.attestation_id = $1;
    if found_record_no is null then
      failure := 'no attestation is recorded under this id';
    else
      -- Rows that are open already stay as they are: enqueuing again is harmless.
      insert into @schema@.aegis_siem_outbox (destination_no, record_no, attestation_id)
      select d.destination_no, found_record_no, $1 from @schema@.aegis_siem_destinations d
      where d.workspace_id = found_workspace and d.state in ('active', 'paused')
        and (d.sources ? 'attestations' or jsonb_typeof(d.sources) <> 'array')
      on conflict do nothing;
      get diagnostics written = row_count;
    end if;
  exception when query_canceled or others then
    failure := format('%s: %s', sqlstate, sqlerrm);
  end;
  if failure is null then
    return written;
  end if;
  if found_record_no is null then
    raise warning 'aegis_siem: not enqueued: %', failure;
  else
    begin
      perform @schema@.aegis_siem_note_missed(array[found_record_no], failure);
    exception when query_canceled or others then
      raise warning 'aegis_siem: not enqueued (%), and not noted (%)', failure, sqlstate;
    end;
  end if;
  return null;
end $$;

create function @schema@.aegis_siem_enqueue_event_as(
  uid text, workspace text, event text,
  out status text, out event_uid text, out record_no bigint, out enqueued integer, out reason text
)
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '100ms' as $$
#variable_conflict use_column
declare
  new_record_no bigint;
  new_event_id uuid;
  present_body text;
begin
  event_uid := uid;
  -- The whole work is guarded: an event of others never takes their transaction along.
  begin
    insert into @schema@.aegis_siem_events as e (workspace_id, metadata_uid, source, body)
    values (workspace, uid, 'external', event)
    on conflict (workspace_id, metadata_uid) do nothing returning e.record_no, e.event_id into new_record_no, new_event_id;
    if new_record_no is null then
      select e.body into present_body from @schema@.aegis_siem_events e
      where e.workspace_id = workspace and e.metadata_uid = uid;
      status := case when present_body = event then 'duplicate' else 'conflict' end;
      if status = 'conflict' then
        reason := 'this metadata.uid is recorded with other bytes';
      end if;
    else
      status := 'recorded';
      record_no := new_record_no;
    end if;
  exception when query_canceled or others then
    status := 'failed';
    reason := format('%s: %s', sqlstate, sqlerrm);
    raise warning 'aegis_siem: an event was not recorded (%)', sqlstate;
  end;
  if status <> 'recorded' then
    return;
  end if;
  begin
    enqueued := @schema@.aegis_siem_enqueue_one(new_record_no, null, new_event_id, workspace, 'external');
  exception when query_canceled or others then
    reason := format('%s: %s', sqlstate, sqlerrm);
  end;
  if reason is not null then
    enqueued := null;
    begin
      perform @schema@.aegis_siem_note_missed(array[new_record_no], reason);
    exception when query_canceled or others then
      raise warning 'aegis_siem: recorded but not enqueued (%), and not noted (%)', reason, sqlstate;
    end;
  end if;
end $$;

-- `event` is `{"workspace_id": ..., "event": {...}}`; the event's own text is kept byte for byte.
create function @schema@.aegis_siem_enqueue_event(
  event text, out status text, out event_uid text, out record_no bigint, out enqueued integer, out reason text
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  parsed jsonb;
  uid text;
  workspace text;
begin
  begin
    parsed := event::jsonb;
    workspace := parsed ->> 'workspace_id';
    uid := parsed #>> '{event,metadata,uid}';
    if coalesce(workspace, '') = '' or jsonb_typeof(parsed -> 'workspace_id') <> 'string' then
      reason := 'workspace_id is missing or no text';
    elsif coalesce(uid, '') = '' or jsonb_typeof(parsed #> '{event,metadata,uid}') <> 'string' then
      reason := 'event.metadata.uid is missing or no text';
    end if;
  exception when others then
    reason := format('not JSON that can be kept (%s)', sqlstate);
  end;
  if reason is not null then
    status := 'rejected';
    raise warning 'aegis_siem: an event was rejected: %', reason;
    return;
  end if;
  select r.status, r.event_uid, r.record_no, r.enqueued, r.reason
  into status, event_uid, record_no, enqueued, reason
  from @schema@.aegis_siem_enqueue_event_as(uid, workspace, (event::json -> 'event')::text) r;
end $$;

-- Enqueues records of one kind and never raises: answers rows for each record, null where it failed (then noted).
-- All of them go by one insert in one guarded block. When the content of a record makes that fail, the range is halved until
-- the culprits stand alone. A backend holds 64 subtransactions before every look-up of a transaction id goes to the disk
-- (https://www.postgresql.org/docs/current/subxacts.html), and each failed try costs time: both are bounded here, and what is
-- left over is noted for the reconciler. Errors that have nothing to do with content (locks, time-outs, a missing table) are
-- not tried again at all.
create function @schema@.aegis_siem_enqueue_group(record_nos bigint[], ids uuid[], workspaces text[], kind text)
returns integer[]
language plpgsql as $$
declare
  n constant integer := cardinality(record_nos);
  successes_left integer := 48;
  tries_left integer := 200;
  lows integer[] := array[1];
  highs integer[] := array[n];
  low integer;
  high integer;
  half integer;
  part integer[];
  counts integer[];
  failure text;
  missed bigint[];
begin
  if n = 0 then
    return '{}';
  end if;
  counts := array_fill(null::integer, array[n]);
  while cardinality(lows) > 0 and successes_left > 0 and tries_left > 0 loop
    low := lows[cardinality(lows)];
    high := highs[cardinality(highs)];
    lows := trim_array(lows, 1);
    highs := trim_array(highs, 1);
    tries_left := tries_left - 1;
    begin
      part := @schema@.aegis_siem_enqueue_rows(record_nos[low:high], ids[low:high], workspaces[low:high], kind);
      successes_left := successes_left - 1;
      if low = 1 and high = n then
        return part;
      end if;
      counts[low:high] := part;
    exception when query_canceled or others then
      failure := format('%s: %s', sqlstate, sqlerrm);
      if left(sqlstate, 2) not in ('22', '23', 'P0') then
        tries_left := 0;
      elsif low < high then
        half := (low + high) / 2;
        lows := lows || array[half + 1, low];
        highs := highs || array[high, half];
      end if;
    end;
  end loop;
  select array_agg(record_nos[i]) into missed from generate_series(1, n) i where counts[i] is null;
  if missed is not null then
    begin
      perform @schema@.aegis_siem_note_missed(missed, failure);
    exception when query_canceled or others then
      raise warning 'aegis_siem: % recorded but not enqueued (%), and not noted (%)', cardinality(missed), failure, sqlstate;
    end;
  end if;
  return counts;
end $$;

-- A group of attestations of the service: one statement, and so one transaction. Places count from 1. A place that is neither
-- new nor a duplicate is a conflict: its id is recorded with other bytes.
create function @schema@.aegis_siem_record_group(
  ids uuid[], workspaces text[], bodies text[],
  out new_places integer[], out new_record_nos bigint[], out new_enqueued integer[], out duplicate_places integer[]
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  new_ids uuid[];
  new_workspaces text[];
begin
  with given as materialized (
    select g.place::integer as place, g.id, g.workspace, g.body
    from unnest(ids, workspaces, bodies) with ordinality g (id, workspace, body, place)
  ), added as (
    insert into @schema@.aegis_siem_attestations (attestation_id, workspace_id, body)
    select id, workspace, body from given order by place
    on conflict (attestation_id) do nothing returning attestation_id, record_no, workspace_id
  ), first_given as (
    select min(place) as place, id from given group by id
  )
  select array_agg(f.place order by a.record_no), array_agg(a.record_no order by a.record_no),
    array_agg(a.attestation_id order by a.record_no), array_agg(a.workspace_id order by a.record_no)
  into new_places, new_record_nos, new_ids, new_workspaces
  from added a join first_given f on f.id = a.attestation_id;
  new_places := coalesce(new_places, '{}');
  new_record_nos := coalesce(new_record_nos, '{}');
  new_enqueued := @schema@.aegis_siem_enqueue_group(
    new_record_nos, coalesce(new_ids, '{}'), coalesce(new_workspaces, '{}'), 'attestations');
  if cardinality(new_places) < cardinality(ids) then
    select array_agg(g.place::integer) into duplicate_places
    from unnest(ids, bodies) with ordinality g (id, body, place)
    join @schema@.aegis_siem_attestations a on a.attestation_id = g.id and a.body = g.body
    where not g.place::integer = any (new_places);
  end if;
  duplicate_places := coalesce(duplicate_places, '{}');
end $$;

-- The same for other events; ids are `metadata.uid`, `sources[i]` is admin or external.
create function @schema@.aegis_siem_record_event_group(
  uids text[], workspaces text[], bodies text[], sources text[],
  out new_places integer[], out new_record_nos bigint[], out new_enqueued integer[], out duplicate_places integer[]
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  kind text;
  new_ids uuid[];
  new_workspaces text[];
  of_kind integer[];
  counts integer[];
begin
  with given as materialized (
    select g.place::integer as place, g.uid, g.workspace, g.body, g.source
    from unnest(uids, workspaces, bodies, sources) with ordinality g (uid, workspace, body, source, place)
  ), added as (
    insert into @schema@.aegis_siem_events as e (workspace_id, metadata_uid, source, body)
    select workspace, uid, source, body from given order by place
    on conflict (workspace_id, metadata_uid) do nothing
    returning e.event_id, e.record_no, e.workspace_id, e.metadata_uid
  ), first_given as (
    select min(place) as place, uid, workspace from given group by uid, workspace
  )
  select array_agg(f.place order by a.record_no), array_agg(a.record_no order by a.record_no),
    array_agg(a.event_id order by a.record_no), array_agg(a.workspace_id order by a.record_no)
  into new_places, new_record_nos, new_ids, new_workspaces
  from added a join first_given f on f.uid = a.metadata_uid and f.workspace = a.workspace_id;
  new_places := coalesce(new_places, '{}');
  new_record_nos := coalesce(new_record_nos, '{}');
  new_enqueued := '{}';
  if cardinality(new_places) > 0 then
    new_enqueued := array_fill(null::integer, array[cardinality(new_places)]);
  end if;
  foreach kind in array array['admin', 'external'] loop
    select array_agg(i order by i) into of_kind
    from generate_series(1, cardinality(new_places)) i where sources[new_places[i]] = kind;
    continue when of_kind is null;
    counts := @schema@.aegis_siem_enqueue_group(
      array(select new_record_nos[i] from unnest(of_kind) with ordinality u (i, o) order by o),
      array(select new_ids[i] from unnest(of_kind) with ordinality u (i, o) order by o),
      array(select new_workspaces[i] from unnest(of_kind) with ordinality u (i, o) order by o), kind);
    for n in 1 .. cardinality(of_kind) loop
      new_enqueued[of_kind[n]] := counts[n];
    end loop;
  end loop;
  if cardinality(new_places) < cardinality(uids) then
    select array_agg(g.place::integer) into duplicate_places
    from unnest(uids, workspaces, bodies) with ordinality g (uid, workspace, body, place)
    join @schema@.aegis_siem_events e on e.workspace_id = g.workspace and e.metadata_uid = g.uid and e.body = g.body
    where not g.place::integer = any (new_places);
  end if;
  duplicate_places := coalesce(duplicate_places, '{}');
end $$;

revoke all on function
  @schema@.aegis_siem_bound_time(integer),
  @schema@.aegis_siem_enqueue_rows(bigint[], uuid[], text[], text),
  @schema@.aegis_siem_enqueue_one(bigint, uuid, uuid, text, text),
  @schema@.aegis_siem_note_missed(bigint[], text),
  @schema@.aegis_siem_enqueue_group(bigint[], uuid[], text[], text),
  @schema@.aegis_siem_record_as(uuid, text, text),
  @schema@.aegis_siem_record(text),
  @schema@.aegis_siem_enqueue(uuid),
  @schema@.aegis_siem_enqueue_event_as(text, text, text),
  @schema@.aegis_siem_enqueue_event(text),
  @schema@.aegis_siem_record_group(uuid[], text[], text[]),
  @schema@.aegis_siem_record_event_group(text[], text[], text[], text[])
from public;
