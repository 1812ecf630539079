/* An endpoint's narrow key, deleted ones too: their dead letters can still be discarded. */
/* @name findEndpointKey */
select id from endpoints where public_id = :publicId! and tenant = :tenant!;
