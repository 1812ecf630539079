/* Deleted ones too: their deliveries are counted. */
/* @name listEndpoints */
select id, public_id as "publicId", tenant, deleted_at is not null as "deleted!" from endpoints order by id;
