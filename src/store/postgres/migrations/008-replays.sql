-- Replays and backfills: records that are sent again (or for the first time) on a person's word, fed into the outbox one batch
-- at a time. Same names and columns as src/store/sqlite/migrations/005-replays.sql.

-- A replay walks the records of a workspace in the order of their recording, and says how many there are before it begins. Unlike
-- SQLite's, an index here does not end in the row's number by itself.
create index aegis_siem_attestations_by_time on @schema@.aegis_siem_attestations (workspace_id, recorded_at, record_no);
create index aegis_siem_events_by_time on @schema@.aegis_siem_events (workspace_id, recorded_at, record_no);

create table @schema@.aegis_siem_replays (
  replay_no bigint generated always as identity primary key,
  replay_id uuid not null unique,
  destination_no integer not null references @schema@.aegis_siem_destinations (destination_no),
  workspace_id text not null,
  origin text not null check (origin in ('request', 'backfill')),
  selection text not null check (selection::json is not null), -- JSON: kind and its bounds
  rate_per_second integer check (rate_per_second > 0),
  requested_by text not null,
  reason text,
  status text not null check (status in ('running', 'paused', 'finished', 'cancelled', 'failed')),
  note text,                               -- why it waits or ended, in words
  last_record_no bigint not null,          -- later records are live ones
  cursor_at bigint not null,               -- recorded_at and record_no of the last record looked at
  cursor_no bigint not null,
  planned bigint not null,
  planned_at_least boolean not null,
  found bigint not null default 0,
  enqueued bigint not null default 0,
  left_out bigint not null default 0,
  delivered bigint not null default 0,
  filtered bigint not null default 0,      -- left out by the destination's filter
  dead bigint not null default 0,
  feeding bigint[] not null default '{}',  -- records of the batch that is not finished
  fed_after bigint not null default 0,     -- the last receipt_no before that batch came
  next_feed_at bigint not null default 0,
  created_at bigint not null,
  started_at bigint,
  finished_at bigint
);
-- Two replays at once for one destination would each send what the other sends.
create unique index aegis_siem_replays_one on @schema@.aegis_siem_replays (destination_no)
  where status in ('running', 'paused');
-- What the feeder looks at, however long the history grows.
create index aegis_siem_replays_due on @schema@.aegis_siem_replays (replay_no) where status = 'running' or feeding <> '{}';
