-- Browsers that people signed in with. Same names and columns as src/store/sqlite/migrations/007-sessions.sql.

create table @schema@.aegis_siem_sessions (
  session_sha256 text primary key,         -- of the token in the cookie; the token itself is nowhere
  api_key_id text references @schema@.aegis_siem_api_keys (api_key_id),
  actor text not null,                     -- as in the audit
  name text not null,
  workspace_id text,
  scopes text not null check (scopes::json is not null), -- JSON array
  created_at bigint not null,
  idle_until bigint not null,
  expires_at bigint not null
);
create index aegis_siem_sessions_of_actor on @schema@.aegis_siem_sessions (actor, created_at);
create index aegis_siem_sessions_over on @schema@.aegis_siem_sessions (idle_until);
