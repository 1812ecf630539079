/* The secrets of sources above the key :after, passwords of Kafka clusters and expired ones included: at most :limit, ascending. */
/* @name findSourceSecrets */
select x.id, s.public_id as "publicId", s.deleted_at is not null as "isDeleted!", x.secret as "box!"
from source_secrets x
  join sources s on s.id = x.source
where x.id > :after!
order by x.id
limit :limit!;
