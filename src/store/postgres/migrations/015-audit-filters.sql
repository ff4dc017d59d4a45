-- The audit is looked through by its time, and by what it happened to, who did it and what was done: newest first each.
create index aegis_siem_audit_by_time on @schema@.aegis_siem_audit (at, audit_no);
create index aegis_siem_audit_by_workspace on @schema@.aegis_siem_audit (workspace_id, at, audit_no);
create index aegis_siem_audit_by_subject on @schema@.aegis_siem_audit (subject_id, at, audit_no);
create index aegis_siem_audit_by_actor on @schema@.aegis_siem_audit (actor, at, audit_no);
create index aegis_siem_audit_by_action on @schema@.aegis_siem_audit (action, at, audit_no);
