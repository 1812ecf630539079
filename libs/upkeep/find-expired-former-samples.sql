/* As find-expired-samples.sql, of the numbers that the release before 0028 stores. */
/* @name findExpiredFormerSamples */
select ctid::text as "place!"
from samples
where step = 60 and at < now() - interval '2 days'
union all
select ctid::text
from samples
where step = 3600 and at < now() - :retentionMs!::float8 * interval '1 millisecond'
limit :limit!;
