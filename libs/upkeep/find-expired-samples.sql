/*
  Finds the places of up to :limit numbers over time that have expired, as find-expired-keys.sql does: those of minutes after two
  days, those of hours after :retentionMs. roll-up-samples.sql deletes those of ten seconds.
*/
/* @name findExpiredSamples */
select ctid::text as "place!"
from sample_rollups
where step = 60 and at < now() - interval '2 days'
union all
select ctid::text
from sample_rollups
where step = 3600 and at < now() - :retentionMs!::float8 * interval '1 millisecond'
limit :limit!;
