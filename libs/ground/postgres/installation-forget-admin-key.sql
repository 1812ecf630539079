/* @name forgetAdminKey */
update installation set admin_key_hash = null where admin_key_hash is not null;
