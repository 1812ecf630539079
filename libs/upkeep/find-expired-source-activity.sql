/* Finds the places of up to :limit counts of sources from :retentionMs ago or earlier, as find-expired-keys.sql does. */
/* @name findExpiredSourceActivity */
select ctid::text as "place!"
from source_activity
where minute < now() - :retentionMs!::float8 * interval '1 millisecond'
limit :limit!;
