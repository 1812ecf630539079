/* Finds an endpoint's narrow key. Deleted endpoints too, because their dead letters can still be discarded. */
/* @name findEndpointKey */
select id from endpoints where public_id = :publicId! and tenant = :tenant!;
