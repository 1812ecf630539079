/*
  Stores the hash of a generated admin key unless one is stored, and audits it for the whole installation. Returns the stored
  hash.
*/
/* @name keepAdminKey */
with kept as (
  update installation set admin_key_hash = coalesce(admin_key_hash, :hash!::bytea)
  returning admin_key_hash as hash
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
  select null, 'system', 'system', 'Lockstep', 'admin_key.generated', 'admin', '{}' from kept where hash = :hash
)
select hash from kept;
