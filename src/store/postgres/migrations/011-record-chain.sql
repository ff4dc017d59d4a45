-- A hash chain over the records, made after their commit. Same names and columns as
-- src/store/sqlite/migrations/008-record-chain.sql. Hashes are hex, so that a person can check them with psql at hand.

create table @schema@.aegis_siem_chain (
  link_no bigint primary key,
  previous text,                           -- SHA-256 of the link before; null in the first one
  from_record_no bigint not null,
  to_record_no bigint not null,
  records integer not null,
  root text not null,                      -- Merkle tree hash over the records
  record_index bytea not null,             -- 14 bytes a record: number, and 8 bytes of its hash
  made_at bigint not null,
  key_id text not null,
  next_key text,                           -- KEY_ID/PUBLIC_KEY where another key signs from the next link on
  signature text not null
);
-- Hashes do not shrink.
alter table @schema@.aegis_siem_chain alter column record_index set storage external;

-- Where the chain ends, signed, with the time of the next word.
create table @schema@.aegis_siem_chain_tip (
  one integer primary key check (one = 1),
  link_no bigint not null,
  sha256 text not null,
  to_record_no bigint not null,
  made_at bigint not null,
  next_due bigint,                         -- null: the service was stopped
  key_id text not null,
  signature text not null
) with (fillfactor = 50);

create trigger aegis_siem_chain_append_only before update or delete on @schema@.aegis_siem_chain
  for each row execute function @schema@.aegis_siem_refuse_change();
create trigger aegis_siem_chain_no_truncate before truncate on @schema@.aegis_siem_chain
  for each statement execute function @schema@.aegis_siem_refuse_change();
alter table @schema@.aegis_siem_chain enable always trigger aegis_siem_chain_append_only;
alter table @schema@.aegis_siem_chain enable always trigger aegis_siem_chain_no_truncate;
