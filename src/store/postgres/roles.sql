-- Roles of PostgreSQL, each with what one kind of process needs and no more. Group roles without a login: give them to your own,
--   grant aegis_siem_worker to a_login_role;
-- Run by the owner of the tables (the role that migrates), again after each migration; it takes away what it does not give.
--
--   aegis_siem_record   programs that record in their own transactions: the functions, and no table
--   aegis_siem_api      "serve --no-worker": records, changes destinations, keys and sessions; writes no proof of delivery
--   aegis_siem_worker   "worker": delivers; sees no API key and no session, and changes no record
--   aegis_siem_verify   "verify --store": reads what is proved, and no secret, sealed or not

do $$
declare
  name text;
begin
  foreach name in array array['aegis_siem_record', 'aegis_siem_api', 'aegis_siem_worker', 'aegis_siem_verify'] loop
    if not exists (select 1 from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin', name);
      exception when duplicate_object or unique_violation then
        -- Another database of this server made it at the same moment.
        null;
      end;
    end if;
  end loop;
end
$$;

do $$
declare
  item record;
begin
  for item in
    select c.oid::regclass as what, case c.relkind when 'S' then 'sequence' else 'table' end as kind from pg_class c
    where c.relnamespace = '@schema@'::regnamespace and c.relkind in ('r', 'v', 'S') and c.relname like 'aegis\_siem\_%'
  loop
    execute format('revoke all on %s %s from public, aegis_siem_record, aegis_siem_api, aegis_siem_worker, aegis_siem_verify',
      item.kind, item.what);
  end loop;
  for item in
    select p.oid::regprocedure as what from pg_proc p
    where p.pronamespace = '@schema@'::regnamespace and p.proname like 'aegis\_siem\_%'
  loop
    execute format('revoke all on function %s from public, aegis_siem_record, aegis_siem_verify', item.what);
    -- Functions with the owner's rights check what they do; the others do what their caller may.
    execute format('grant execute on function %s to aegis_siem_api, aegis_siem_worker', item.what);
  end loop;
end
$$;

grant usage on schema @schema@ to aegis_siem_record, aegis_siem_api, aegis_siem_worker, aegis_siem_verify;

grant execute on function @schema@.aegis_siem_record(text), @schema@.aegis_siem_record_as(uuid, text, text),
  @schema@.aegis_siem_enqueue(uuid), @schema@.aegis_siem_enqueue_event(text),
  @schema@.aegis_siem_enqueue_event_as(text, text, text), @schema@.aegis_siem_bound_time(integer) to aegis_siem_record;

-- What both kinds of process read.
grant select on @schema@.aegis_siem_schema, @schema@.aegis_siem_attestations, @schema@.aegis_siem_events,
  @schema@.aegis_siem_destinations, @schema@.aegis_siem_destination_versions, @schema@.aegis_siem_lanes,
  @schema@.aegis_siem_outbox, @schema@.aegis_siem_batches, @schema@.aegis_siem_receipts, @schema@.aegis_siem_attempts,
  @schema@.aegis_siem_dead_letters, @schema@.aegis_siem_missed, @schema@.aegis_siem_keys, @schema@.aegis_siem_checkpoints,
  @schema@.aegis_siem_reconciler, @schema@.aegis_siem_settled, @schema@.aegis_siem_replays, @schema@.aegis_siem_deliveries,
  @schema@.aegis_siem_history, @schema@.aegis_siem_chain, @schema@.aegis_siem_chain_tip, @schema@.aegis_siem_prune_marks
  to aegis_siem_api, aegis_siem_worker;
grant select on sequence @schema@.aegis_siem_record_no to aegis_siem_api, aegis_siem_worker;

-- The API: people's changes. Of the proof of delivery (receipts, batches, checkpoints, chain) it writes nothing.
grant select, insert on @schema@.aegis_siem_audit, @schema@.aegis_siem_keys to aegis_siem_api;
grant select, insert, update on @schema@.aegis_siem_api_keys to aegis_siem_api;
grant select, insert, update, delete on @schema@.aegis_siem_sessions to aegis_siem_api;
grant insert, update on @schema@.aegis_siem_destinations, @schema@.aegis_siem_lanes, @schema@.aegis_siem_reconciler,
  @schema@.aegis_siem_replays to aegis_siem_api;
grant insert on @schema@.aegis_siem_destination_versions to aegis_siem_api;
grant insert, delete on @schema@.aegis_siem_outbox to aegis_siem_api;
grant insert, update, delete on @schema@.aegis_siem_dead_letters, @schema@.aegis_siem_history to aegis_siem_api;
grant delete on @schema@.aegis_siem_batches to aegis_siem_api;
-- A deletion locks what waits (SELECT ... FOR UPDATE), which needs the right to update one column.
grant update (destination_no) on @schema@.aegis_siem_outbox, @schema@.aegis_siem_batches to aegis_siem_api;

-- The worker: deliveries and their proof. It may take over a new credential and say so in the audit; it makes no destination.
grant insert, update, delete on @schema@.aegis_siem_outbox, @schema@.aegis_siem_batches, @schema@.aegis_siem_receipts,
  @schema@.aegis_siem_attempts, @schema@.aegis_siem_dead_letters, @schema@.aegis_siem_missed, @schema@.aegis_siem_history
  to aegis_siem_worker;
grant insert, update on @schema@.aegis_siem_reconciler, @schema@.aegis_siem_chain_tip to aegis_siem_worker;
grant update on @schema@.aegis_siem_destinations, @schema@.aegis_siem_lanes, @schema@.aegis_siem_settled,
  @schema@.aegis_siem_replays to aegis_siem_worker;
grant insert on @schema@.aegis_siem_destination_versions, @schema@.aegis_siem_chain, @schema@.aegis_siem_audit to aegis_siem_worker;
grant insert, update, delete on @schema@.aegis_siem_checkpoints to aegis_siem_worker;
grant select, insert, update on @schema@.aegis_siem_notices to aegis_siem_worker;
-- Its first start on an empty store makes the key that signs checkpoints.
grant select, insert on @schema@.aegis_siem_keys to aegis_siem_worker;

-- The verifier: what is proved. Columns with secrets, sealed as they are, are not among them.
grant select on @schema@.aegis_siem_schema, @schema@.aegis_siem_attestations, @schema@.aegis_siem_events,
  @schema@.aegis_siem_destination_versions, @schema@.aegis_siem_lanes, @schema@.aegis_siem_outbox, @schema@.aegis_siem_batches,
  @schema@.aegis_siem_receipts, @schema@.aegis_siem_dead_letters, @schema@.aegis_siem_checkpoints,
  @schema@.aegis_siem_reconciler, @schema@.aegis_siem_settled, @schema@.aegis_siem_chain, @schema@.aegis_siem_chain_tip,
  @schema@.aegis_siem_prune_marks to aegis_siem_verify;
grant select on sequence @schema@.aegis_siem_record_no to aegis_siem_verify;
grant select (destination_no, destination_id, workspace_id, name, type, state, health, config, fingerprints, ocsf, batch,
  sources, active_since, row_version, created_at, updated_at) on @schema@.aegis_siem_destinations to aegis_siem_verify;
grant select (key_id, purpose, public_key, created_at) on @schema@.aegis_siem_keys to aegis_siem_verify;
