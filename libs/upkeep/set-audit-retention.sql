/* Sets how long audit rows are kept, and audits a change of it for the whole installation. */
/* @name setAuditRetention */
with earlier as (
  select audit_retention from installation for no key update
),
changed as (
  update installation i
  set audit_retention = :retentionMs!::float8 * interval '1 millisecond'
  from earlier e
  where e.audit_retention <> :retentionMs::float8 * interval '1 millisecond'
  returning e.audit_retention as before, i.audit_retention as after
)
insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
select
  null, 'system', 'system', 'Lockstep', 'audit.retention_changed', 'LOCKSTEP_AUDIT_RETENTION',
  jsonb_build_object('fromSeconds', extract(epoch from before), 'toSeconds', extract(epoch from after))
from changed;
