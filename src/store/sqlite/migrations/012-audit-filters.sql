-- The audit is looked through by its time, and by what it happened to, who did it and what was done: newest first each.
create index aegis_siem_audit_by_time on aegis_siem_audit (at, audit_no);
create index aegis_siem_audit_by_workspace on aegis_siem_audit (workspace_id, at, audit_no);
create index aegis_siem_audit_by_subject on aegis_siem_audit (subject_id, at, audit_no);
create index aegis_siem_audit_by_actor on aegis_siem_audit (actor, at, audit_no);
create index aegis_siem_audit_by_action on aegis_siem_audit (action, at, audit_no);
