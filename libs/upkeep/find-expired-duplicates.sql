/* Finds the places of up to :limit counts of events' duplicates from :retentionMs ago or earlier, as find-expired-keys.sql does. */
/* @name findExpiredDuplicates */
select ctid::text as "place!"
from event_duplicates
where minute < now() - :retentionMs!::float8 * interval '1 millisecond'
limit :limit!;
