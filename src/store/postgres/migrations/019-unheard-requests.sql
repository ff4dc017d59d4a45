-- Requests of a lane's acknowledgement channel whose answer never came, and when the latest was sent: the next owner must know of
-- them. A receiver that began anew may handle one late and give it an id under which another batch waits.
alter table @schema@.aegis_siem_lanes add column unheard_requests integer not null default 0;
alter table @schema@.aegis_siem_lanes add column unheard_at bigint not null default 0;
