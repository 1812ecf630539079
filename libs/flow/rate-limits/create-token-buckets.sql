/*
  Creates the buckets that do not exist yet, full.

  :ids, :capacities   one entry per bucket

  In sorted order, so that two processes with the same new buckets cannot deadlock.
*/
/* @name createTokenBuckets */
insert into token_buckets (id, tokens, refilled_at, full_at)
select id, capacity, at, at
from clock_timestamp() as at,
  unnest(:ids!::text[], :capacities!::float8[]) as bucket (id, capacity)
order by id
on conflict (id) do nothing;
