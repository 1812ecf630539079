/* Finds an endpoint's narrow key. :orDeleted: also that of a deleted one, whose dead letters can still be discarded. */
/* @name findEndpointKey */
select id from endpoints where public_id = :publicId! and tenant = :tenant! and (deleted_at is null or :orDeleted!::boolean);
