-- A hash chain over the records, made after their commit. Same names and columns as
-- src/store/postgres/migrations/011-record-chain.sql. Hashes are hex, so that a person can check them with the SQL shell at hand.

create table aegis_siem_chain (
  link_no integer primary key,
  previous text,                           -- SHA-256 of the link before; null in the first one
  from_record_no integer not null,
  to_record_no integer not null,
  records integer not null,
  root text not null,                      -- Merkle tree hash over the records
  record_index blob not null,              -- 14 bytes a record: number, and 8 bytes of its hash
  made_at integer not null,
  key_id text not null,
  next_key text,                           -- KEY_ID/PUBLIC_KEY where another key signs from the next link on
  signature text not null
) strict;

-- Where the chain ends, signed, with the time of the next word.
create table aegis_siem_chain_tip (
  one integer primary key check (one = 1),
  link_no integer not null,
  sha256 text not null,
  to_record_no integer not null,
  made_at integer not null,
  next_due integer,                        -- null: the service was stopped
  key_id text not null,
  signature text not null
) strict;

create trigger aegis_siem_chain_no_update before update on aegis_siem_chain
begin select raise(abort, 'aegis_siem_chain is append-only: a link cannot be changed'); end;

create trigger aegis_siem_chain_no_delete before delete on aegis_siem_chain
begin select raise(abort, 'aegis_siem_chain is append-only: a link cannot be removed'); end;

create trigger aegis_siem_chain_no_replace before insert on aegis_siem_chain
when exists (select 1 from aegis_siem_chain where link_no = new.link_no)
begin select raise(abort, 'aegis_siem_chain is append-only: this link exists'); end;
