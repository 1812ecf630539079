/* Finds the places of up to :limit counts of rejections from :retentionMs ago or earlier, as find-expired-keys.sql does. */
/* @name findExpiredRejections */
select ctid::text as "place!"
from rejections
where minute < now() - :retentionMs!::float8 * interval '1 millisecond'
limit :limit!;
