-- Who tells operators, and what was told. Same names and columns as src/store/postgres/migrations/017-notices.sql.

create table aegis_siem_notices (
  channel text primary key,                -- webhook or mail, and a fingerprint of where it goes
  owner text,
  token integer not null default 0,        -- grows when another process takes over
  leased_until integer not null default 0,
  state text not null default '{}' check (json_valid(state)) -- JSON: what holds, what was said, what waits to be sent
) strict;
