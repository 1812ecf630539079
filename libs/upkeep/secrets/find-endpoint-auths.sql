/* The encrypted authentication of endpoints above the key :after, deleted ones included: at most :limit, ascending. */
/* @name findEndpointAuths */
select id, public_id as "publicId", deleted_at is not null as "isDeleted!", auth_ciphertext as "box!"
from endpoints
where id > :after! and auth_ciphertext is not null
order by id
limit :limit!;
