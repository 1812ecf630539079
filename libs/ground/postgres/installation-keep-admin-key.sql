/* Stores the hash unless one is stored. Returns the stored hash. */
/* @name keepAdminKey */
update installation set admin_key_hash = coalesce(admin_key_hash, :hash!::bytea)
returning admin_key_hash as "hash";
