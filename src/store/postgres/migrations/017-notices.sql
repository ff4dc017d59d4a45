-- Who tells operators, and what was told. Same names and columns as src/store/sqlite/migrations/014-notices.sql.

create table @schema@.aegis_siem_notices (
  channel text primary key,                -- webhook or mail, and a fingerprint of where it goes
  owner text,
  token bigint not null default 0,         -- grows when another process takes over
  leased_until bigint not null default 0,
  state text not null default '{}' check (state::json is not null) -- JSON: what holds, what was said, what waits to be sent
);
