/* The encrypted headers of endpoints above the key :after, deleted ones included: at most :limit, ascending. */
/* @name findEndpointHeaders */
select id, public_id as "publicId", deleted_at is not null as "isDeleted!", headers_ciphertext as "box!"
from endpoints
where id > :after! and headers_ciphertext is not null
order by id
limit :limit!;
