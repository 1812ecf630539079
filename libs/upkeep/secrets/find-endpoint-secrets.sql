/* The signing secrets of endpoints above the key :after, expired ones included: at most :limit, ascending. */
/* @name findEndpointSecrets */
select s.id, e.public_id as "publicId", e.deleted_at is not null as "isDeleted!", s.ciphertext as "box!"
from endpoint_secrets s
  join endpoints e on e.id = s.endpoint
where s.id > :after!
order by s.id
limit :limit!;
