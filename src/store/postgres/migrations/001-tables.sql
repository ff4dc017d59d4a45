-- The tables of aegis-siem, release 1. Same names and columns as src/store/sqlite/migrations/001-tables.sql.
-- `@schema@` stands for the quoted name of the schema, `public` unless told otherwise.
-- Times are milliseconds since 1970 in database time (bigint, so that both stores read alike); JSON is text; a record's body is
-- the text as received.

-- Numbers records of both kinds. Taken, not promised: a rolled back transaction leaves a gap, and a lower number can be
-- committed after a higher one. The cache stays at 1: the reconciler takes last_value as the end of what was given out.
create sequence @schema@.aegis_siem_record_no as bigint cache 1;

-- recorded_xid comes first: defaults are worked out in the order of the columns, and the reconciler relies on a transaction
-- having its id before it takes a number.
create table @schema@.aegis_siem_attestations (
  recorded_xid xid8 not null default pg_current_xact_id(),
  record_no bigint primary key default nextval('@schema@.aegis_siem_record_no'),
  attestation_id uuid not null unique,
  workspace_id text not null,
  recorded_at bigint not null default (extract(epoch from clock_timestamp()) * 1000)::bigint,
  body text not null
);

create table @schema@.aegis_siem_events (
  recorded_xid xid8 not null default pg_current_xact_id(),
  record_no bigint primary key default nextval('@schema@.aegis_siem_record_no'),
  event_id uuid not null unique default gen_random_uuid(),   -- a UUID of ours, for the foreign key
  workspace_id text not null,
  metadata_uid text not null,
  source text not null check (source in ('admin', 'external')),
  recorded_at bigint not null default (extract(epoch from clock_timestamp()) * 1000)::bigint,
  body text not null,
  unique (workspace_id, metadata_uid)
);

create table @schema@.aegis_siem_destinations (
  destination_no integer generated always as identity primary key,
  destination_id uuid not null unique,
  workspace_id text not null,
  name text not null,
  type text not null check (type in ('splunk_hec', 'sentinel_logs_ingestion', 'sentinel_data_collector')),
  state text not null check (state in ('active', 'paused', 'disabled', 'deleted')),
  health text not null check (health::json is not null),       -- JSON: state, reason, message, sinceMs, nextTryMs
  config text not null check (config::json is not null),
  sealed text not null check (sealed::json is not null),       -- JSON: field -> sealed value
  fingerprints text not null check (fingerprints::json is not null),
  ocsf text not null check (ocsf::json is not null),           -- JSON: classUid, version
  batch text not null check (batch::json is not null),
  sources jsonb not null,                                      -- JSON array
  active_since bigint not null,
  row_version integer not null,
  created_at bigint not null,
  updated_at bigint not null
);
create unique index aegis_siem_destinations_name on @schema@.aegis_siem_destinations (workspace_id, name)
  where state <> 'deleted';

create table @schema@.aegis_siem_destination_versions (
  destination_no integer not null references @schema@.aegis_siem_destinations (destination_no),
  row_version integer not null,
  settings text not null,                  -- JSON: the destination without health and credentials
  changed_at bigint not null,
  primary key (destination_no, row_version)
);

-- Rewritten at each batch: room on the page keeps those updates away from the index.
create table @schema@.aegis_siem_lanes (
  destination_no integer primary key references @schema@.aegis_siem_destinations (destination_no),
  owner text,
  token bigint not null default 0,
  leased_until bigint not null default 0,
  paused_until bigint not null default 0,
  failure_streak integer not null default 0,
  stream_id text not null,
  epoch_no integer not null,
  epoch text not null,
  epoch_anchor text not null default '',
  next_seq bigint not null default 1 check (next_seq between 1 and 2147483647),
  hec_channel text not null
) with (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

-- Open rows only. No second index: nothing but this key changes when a row comes or goes. Rows live for seconds, so dead ones
-- are counted by number and not by share of the table.
create table @schema@.aegis_siem_outbox (
  record_no bigint not null,
  destination_no integer not null,
  replayed boolean not null default false,
  attestation_id uuid references @schema@.aegis_siem_attestations (attestation_id),
  event_id uuid references @schema@.aegis_siem_events (event_id),
  primary key (destination_no, record_no),
  check ((attestation_id is null) <> (event_id is null))
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000);

create table @schema@.aegis_siem_batches (
  destination_no integer not null references @schema@.aegis_siem_destinations (destination_no),
  epoch_no integer not null,
  first_seq bigint not null,
  places integer not null,
  state text not null check (state in ('formed', 'awaiting_ack')),
  record_nos bigint[] not null,            -- null where a re_rendered tombstone stands
  hashes bytea not null,                   -- 32 bytes a place
  tombstones text,                         -- JSON array or null
  left_out bigint[],
  replayed integer[],                      -- indexes
  destination_version integer not null,
  render_key text not null,
  token bigint not null,
  attempts integer not null default 0,
  last_answer text,                        -- JSON or null
  ack_id bigint,
  formed_at bigint not null,
  sent_at bigint,
  primary key (destination_no, epoch_no, first_seq)
) with (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
-- Hashes do not shrink, and the arrays are read whole: no time is spent on compressing them.
alter table @schema@.aegis_siem_batches alter column hashes set storage external, alter column record_nos set storage external;

create table @schema@.aegis_siem_receipts (
  receipt_no bigint generated always as identity primary key,
  destination_no integer not null,
  epoch_no integer not null,
  first_seq bigint not null,
  places integer not null,
  min_record_no bigint not null,
  max_record_no bigint not null,
  record_nos bigint[] not null,
  hashes bytea not null,
  tombstones text,
  left_out bigint[],
  replayed integer[],
  destination_version integer not null,
  attempts integer not null,
  http_status integer,
  answer text not null,                    -- JSON
  ack_id bigint,
  delivered_at bigint not null
);
alter table @schema@.aegis_siem_receipts alter column hashes set storage external;
-- A record's receipt has min <= record_no <= max. The greater bound leads: the reconciler and people ask about new records,
-- and receipts that ended before them are then never walked over.
create index aegis_siem_receipts_look_up on @schema@.aegis_siem_receipts (destination_no, max_record_no, min_record_no);
create index aegis_siem_receipts_by_time on @schema@.aegis_siem_receipts (destination_no, delivered_at);

create table @schema@.aegis_siem_attempts (
  attempt_no bigint generated always as identity primary key,
  destination_no integer not null,
  outcome text not null,
  answer text not null,                    -- JSON
  events integer not null,
  bytes bigint not null,
  first_seq bigint not null,
  at bigint not null
);
create index aegis_siem_attempts_by_destination on @schema@.aegis_siem_attempts (destination_no, attempt_no);

create table @schema@.aegis_siem_dead_letters (
  destination_no integer not null references @schema@.aegis_siem_destinations (destination_no),
  record_no bigint not null,
  dead_letter_id uuid not null unique default gen_random_uuid(),
  attestation_id uuid,
  event_id uuid,
  status text not null check (status in ('dead', 'skipped')),
  code text not null,
  message text not null,
  answer text,                             -- JSON or null
  attempts integer not null,
  dead_at bigint not null,
  skipped_by text,
  skip_reason text,
  check (status <> 'skipped' or (skipped_by is not null and skip_reason is not null)),
  primary key (destination_no, record_no)
);

create table @schema@.aegis_siem_missed (
  record_no bigint primary key,
  reason text not null,
  missed_at bigint not null default (extract(epoch from clock_timestamp()) * 1000)::bigint
);

create table @schema@.aegis_siem_reconciler (
  destination_no integer primary key,
  mark bigint not null,                    -- every settled record up to this number has evidence
  missed_enqueued bigint not null default 0,
  repaired_enqueued bigint not null default 0
);

-- PostgreSQL only: transactions overlap here, so the reconciler must know up to which number none is still running.
-- Every transaction that took a number up to `pending_record_no` has an id below `pending_xid`.
create table @schema@.aegis_siem_settled (
  one integer primary key check (one = 1),
  record_no bigint not null,               -- no running transaction holds a number up to this one
  pending_record_no bigint not null,
  pending_xid xid8 not null,
  anchor text not null                     -- the cluster that the transaction id belongs to
);
insert into @schema@.aegis_siem_settled values (1, 0, 0, '0', '');

create table @schema@.aegis_siem_api_keys (
  api_key_id text primary key,
  name text not null,
  workspace_id text,
  scopes text not null,                    -- JSON array
  secret_sha256 text not null,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint,
  revoked_at bigint
);

create table @schema@.aegis_siem_audit (
  audit_no bigint generated always as identity primary key,
  audit_id text not null unique,
  at bigint not null,
  workspace_id text not null,
  actor text not null,
  action text not null,
  subject_id text not null,
  request_id text,
  before text,
  after text
);

create table @schema@.aegis_siem_keys (
  key_id text primary key,
  purpose text not null,
  sealed text not null,
  public_key text,
  created_at bigint not null
);

create table @schema@.aegis_siem_checkpoints (
  destination_no integer not null,
  epoch_no integer not null,
  seq bigint not null,
  body text not null,
  made_at bigint not null,
  primary key (destination_no, epoch_no, seq)
);
