-- What is known of a destination's credentials besides themselves: when they end, and the ones that wait to take their place.
alter table aegis_siem_destinations add column credential_notes text not null default '{}' check (json_valid(credential_notes));
