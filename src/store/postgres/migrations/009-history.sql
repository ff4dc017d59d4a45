-- What each destination got in each minute, added up once from its receipts, for charts and rates. Same names and columns as
-- src/store/sqlite/migrations/006-history.sql.
create table @schema@.aegis_siem_history (
  destination_no integer not null references @schema@.aegis_siem_destinations (destination_no),
  minute bigint not null,                  -- its beginning, in milliseconds
  batches integer not null,
  delivered bigint not null,
  replayed bigint not null,
  tombstones bigint not null,
  left_out bigint not null,
  delay_max_ms bigint,
  delay_sum_ms bigint not null,            -- of the first and last record of each batch
  delay_samples integer not null,
  primary key (destination_no, minute)
);

-- A word of a record for a list. Null where the text is no JSON: one strange record must not hide a whole page.
create function @schema@.aegis_siem_word(body text, field text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return body::json ->> field;
exception when others then
  return null;
end $$;
