-- The tables of aegis-siem, release 1. Same names and columns as src/store/postgres/migrations/001-tables.sql.
-- Times are milliseconds since 1970 (integers); JSON is text; a record's body is the text as received.

create table aegis_siem_record_counter (
  one integer primary key check (one = 1),
  last_record_no integer not null
) strict;
insert into aegis_siem_record_counter (one, last_record_no) values (1, 0);

create table aegis_siem_attestations (
  record_no integer primary key,
  attestation_id text not null unique,
  workspace_id text not null,
  recorded_at integer not null,            -- before the body: what stands behind a long text is dear to read
  body text not null
) strict;

create table aegis_siem_events (
  record_no integer primary key,
  event_id text not null unique,           -- a UUID of ours, for the foreign key
  workspace_id text not null,
  metadata_uid text not null,
  source text not null check (source in ('admin', 'external')),
  recorded_at integer not null,
  body text not null,
  unique (workspace_id, metadata_uid)
) strict;

create table aegis_siem_destinations (
  destination_no integer primary key autoincrement,
  destination_id text not null unique,
  workspace_id text not null,
  name text not null,
  type text not null check (type in ('splunk_hec', 'sentinel_logs_ingestion', 'sentinel_data_collector')),
  state text not null check (state in ('active', 'paused', 'disabled', 'deleted')),
  health text not null check (json_valid(health)),             -- JSON: state, reason, message, sinceMs, nextTryMs
  config text not null check (json_valid(config)),
  sealed text not null check (json_valid(sealed)),             -- JSON: field -> sealed value
  fingerprints text not null check (json_valid(fingerprints)), -- JSON: field -> fingerprint
  ocsf text not null check (json_valid(ocsf)),                 -- JSON: classUid, version
  batch text not null check (json_valid(batch)),
  sources text not null check (json_valid(sources)),           -- JSON array
  active_since integer not null,
  row_version integer not null,
  created_at integer not null,
  updated_at integer not null
) strict;
create unique index aegis_siem_destinations_name on aegis_siem_destinations (workspace_id, name) where state <> 'deleted';
-- For the enqueue: it must repeat this condition word for word.
create index aegis_siem_destinations_taking on aegis_siem_destinations (workspace_id) where state in ('active', 'paused');

create table aegis_siem_destination_versions (
  destination_no integer not null references aegis_siem_destinations (destination_no),
  row_version integer not null,
  settings text not null,                  -- JSON: the destination without health and credentials
  changed_at integer not null,
  primary key (destination_no, row_version)
) strict, without rowid;

create table aegis_siem_lanes (
  destination_no integer primary key references aegis_siem_destinations (destination_no),
  owner text,
  token integer not null default 0,
  leased_until integer not null default 0,
  paused_until integer not null default 0,
  failure_streak integer not null default 0,
  stream_id text not null,
  epoch_no integer not null,
  epoch text not null,
  epoch_anchor text not null default '',
  next_seq integer not null default 1 check (next_seq between 1 and 2147483647),
  hec_channel text not null
) strict;

-- Open rows only. No second index: nothing but this key changes when a row comes or goes.
create table aegis_siem_outbox (
  destination_no integer not null,
  record_no integer not null,
  attestation_id text references aegis_siem_attestations (attestation_id),
  event_id text references aegis_siem_events (event_id),
  replayed integer not null default 0,
  primary key (destination_no, record_no),
  check ((attestation_id is null) <> (event_id is null))
) strict, without rowid;

create table aegis_siem_batches (
  destination_no integer not null references aegis_siem_destinations (destination_no),
  epoch_no integer not null,
  first_seq integer not null,
  places integer not null,
  state text not null check (state in ('formed', 'awaiting_ack')),
  record_nos text not null,                -- JSON array; null where a re_rendered tombstone stands
  hashes blob not null,                    -- 32 bytes a place
  tombstones text,                         -- JSON array or null
  left_out text,                           -- JSON array or null
  replayed text,                           -- JSON array of indexes or null
  destination_version integer not null,
  render_key text not null,
  token integer not null,
  attempts integer not null default 0,
  last_answer text,                        -- JSON or null
  ack_id integer,
  formed_at integer not null,
  sent_at integer,
  primary key (destination_no, epoch_no, first_seq)
) strict, without rowid;

create table aegis_siem_receipts (
  receipt_no integer primary key autoincrement,
  destination_no integer not null,
  epoch_no integer not null,
  first_seq integer not null,
  places integer not null,
  min_record_no integer not null,
  max_record_no integer not null,
  record_nos text not null,
  hashes blob not null,
  tombstones text,
  left_out text,
  replayed text,
  destination_version integer not null,
  attempts integer not null,
  http_status integer,
  answer text not null,                    -- JSON
  ack_id integer,
  delivered_at integer not null
) strict;
-- A record's receipt has min <= record_no <= max. The greater bound leads: the reconciler and people ask about new records,
-- and receipts that ended before them are then never walked over.
create index aegis_siem_receipts_look_up on aegis_siem_receipts (destination_no, max_record_no, min_record_no);
create index aegis_siem_receipts_by_time on aegis_siem_receipts (destination_no, delivered_at);

create table aegis_siem_attempts (
  attempt_no integer primary key autoincrement,
  destination_no integer not null,
  outcome text not null,
  answer text not null,                    -- JSON
  events integer not null,
  bytes integer not null,
  first_seq integer not null,
  at integer not null
) strict;
create index aegis_siem_attempts_by_destination on aegis_siem_attempts (destination_no, attempt_no);

create table aegis_siem_dead_letters (
  destination_no integer not null references aegis_siem_destinations (destination_no),
  record_no integer not null,
  dead_letter_id text not null unique,
  attestation_id text,
  event_id text,
  status text not null check (status in ('dead', 'skipped')),
  code text not null,
  message text not null,
  answer text,                             -- JSON or null
  attempts integer not null,
  dead_at integer not null,
  skipped_by text,
  skip_reason text,
  check (status <> 'skipped' or (skipped_by is not null and skip_reason is not null)),
  primary key (destination_no, record_no)
) strict, without rowid;

create table aegis_siem_missed (
  record_no integer primary key,
  reason text not null,
  missed_at integer not null
) strict;

create table aegis_siem_reconciler (
  destination_no integer primary key,
  mark integer not null,                   -- every settled record up to this number has evidence
  missed_enqueued integer not null default 0,
  repaired_enqueued integer not null default 0
) strict;

create table aegis_siem_api_keys (
  api_key_id text primary key,
  name text not null,
  workspace_id text,
  scopes text not null,                    -- JSON array
  secret_sha256 text not null,
  created_at integer not null,
  expires_at integer,
  last_used_at integer,
  revoked_at integer
) strict;

create table aegis_siem_audit (
  audit_no integer primary key autoincrement,
  audit_id text not null unique,
  at integer not null,
  workspace_id text not null,
  actor text not null,
  action text not null,
  subject_id text not null,
  request_id text,
  before text,
  after text
) strict;

create table aegis_siem_keys (
  key_id text primary key,
  purpose text not null,
  sealed text not null,
  public_key text,
  created_at integer not null
) strict;

create table aegis_siem_checkpoints (
  destination_no integer not null,
  epoch_no integer not null,
  seq integer not null,
  body text not null,
  made_at integer not null,
  primary key (destination_no, epoch_no, seq)
) strict, without rowid;
