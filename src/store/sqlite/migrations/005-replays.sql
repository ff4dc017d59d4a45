-- Replays and backfills: records that are sent again (or for the first time) on a person's word, fed into the outbox one batch
-- at a time. Same names and columns as src/store/postgres/migrations/008-replays.sql.

-- A replay walks the records of a workspace in the order of their recording, and says how many there are before it begins.
create index aegis_siem_attestations_by_time on aegis_siem_attestations (workspace_id, recorded_at);
create index aegis_siem_events_by_time on aegis_siem_events (workspace_id, recorded_at);

create table aegis_siem_replays (
  replay_no integer primary key autoincrement,
  replay_id text not null unique,
  destination_no integer not null references aegis_siem_destinations (destination_no),
  workspace_id text not null,
  origin text not null check (origin in ('request', 'backfill')),
  selection text not null check (json_valid(selection)),   -- JSON: kind and its bounds
  rate_per_second integer check (rate_per_second > 0),
  requested_by text not null,
  reason text,
  status text not null check (status in ('running', 'paused', 'finished', 'cancelled', 'failed')),
  note text,                               -- why it waits or ended, in words
  last_record_no integer not null,         -- later records are live ones
  cursor_at integer not null,              -- recorded_at and record_no of the last record looked at
  cursor_no integer not null,
  planned integer not null,
  planned_at_least integer not null check (planned_at_least in (0, 1)),
  found integer not null default 0,
  enqueued integer not null default 0,
  left_out integer not null default 0,
  delivered integer not null default 0,
  filtered integer not null default 0,     -- left out by the destination's filter
  dead integer not null default 0,
  feeding text not null default '[]' check (json_valid(feeding)), -- JSON array: records of the batch that is not finished
  fed_after integer not null default 0,    -- the last receipt_no before that batch came
  next_feed_at integer not null default 0,
  created_at integer not null,
  started_at integer,
  finished_at integer
) strict;
-- Two replays at once for one destination would each send what the other sends.
create unique index aegis_siem_replays_one on aegis_siem_replays (destination_no) where status in ('running', 'paused');
-- What the feeder looks at, however long the history grows.
create index aegis_siem_replays_due on aegis_siem_replays (replay_no) where status = 'running' or feeding <> '[]';
