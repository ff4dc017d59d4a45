-- Browsers that people signed in with. Same names and columns as src/store/postgres/migrations/010-sessions.sql.

create table aegis_siem_sessions (
  session_sha256 text primary key,         -- of the token in the cookie; the token itself is nowhere
  api_key_id text references aegis_siem_api_keys (api_key_id),
  actor text not null,                     -- as in the audit
  name text not null,
  workspace_id text,
  scopes text not null check (json_valid(scopes)), -- JSON array
  created_at integer not null,
  idle_until integer not null,
  expires_at integer not null
) strict;
create index aegis_siem_sessions_of_actor on aegis_siem_sessions (actor, created_at);
create index aegis_siem_sessions_over on aegis_siem_sessions (idle_until);
