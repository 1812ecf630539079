/* Stores the hash unless one is stored already; returns the stored one. */
/* @name keepAdminKey */
update installation set admin_key_hash = coalesce(admin_key_hash, :hash!::bytea)
returning admin_key_hash as "hash";
