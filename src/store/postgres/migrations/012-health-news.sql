-- What was last told of a destination's health, as JSON: an administrative event tells of each change once.
alter table @schema@.aegis_siem_lanes add column health_news text;
