-- What is known of a destination's credentials besides themselves: when they end, and the ones that wait to take their place.
alter table @schema@.aegis_siem_destinations
  add column credential_notes text not null default '{}' check (credential_notes::json is not null);
