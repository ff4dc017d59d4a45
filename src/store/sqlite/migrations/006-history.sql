-- What each destination got in each minute, added up once from its receipts, for charts and rates. Same names and columns as
-- src/store/postgres/migrations/009-history.sql.
create table aegis_siem_history (
  destination_no integer not null references aegis_siem_destinations (destination_no),
  minute integer not null,                 -- its beginning, in milliseconds
  batches integer not null,
  delivered integer not null,
  replayed integer not null,
  tombstones integer not null,
  left_out integer not null,
  delay_max_ms integer,
  delay_sum_ms integer not null,           -- of the first and last record of each batch
  delay_samples integer not null,
  primary key (destination_no, minute)
) strict, without rowid;
