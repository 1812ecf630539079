/* Removes the hash of a generated admin key, and audits it for the whole installation. */
/* @name forgetAdminKey */
with forgotten as (
  update installation set admin_key_hash = null where admin_key_hash is not null returning 1
)
insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
select null, 'system', 'system', 'Lockstep', 'admin_key.replaced', 'admin', '{"by": "LOCKSTEP_ADMIN_KEY"}' from forgotten;
