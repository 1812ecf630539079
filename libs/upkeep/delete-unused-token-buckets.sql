/*
  Deletes those of the buckets at these places that nobody has used for a day since they are full, and returns their number.
  Skips buckets that are being used. A statement that waits for one which is deleted misses it, and creates it again, full.
*/
/* @name deleteUnusedTokenBuckets */
with unused as materialized (
  select ctid
  from token_buckets
  where ctid = any(:places!::text[]::tid[]) and full_at < now() - interval '1 day'
  for update skip locked
),
deleted as (
  delete from token_buckets
  where ctid = any(array(select ctid from unused))
  returning 1
)
select count(*)::integer as "deleted!" from deleted;
