/*
  Finds the places of up to :limit numbers over time that have expired, as find-expired-keys.sql does: those of ten seconds
  after two hours, those of minutes after two days, those of hours after :retentionMs.
*/
/* @name findExpiredSamples */
select ctid::text as "place!"
from samples
where step = 10 and at < now() - interval '2 hours'
union all
select ctid::text
from samples
where step = 60 and at < now() - interval '2 days'
union all
select ctid::text
from samples
where step = 3600 and at < now() - :retentionMs!::float8 * interval '1 millisecond'
limit :limit!;
