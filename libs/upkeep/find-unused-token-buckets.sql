/* Finds the places of up to :limit buckets that nobody has used for a day since they are full; the deletion checks them again. */
/* @name findUnusedTokenBuckets */
select ctid::text as "place!"
from token_buckets
where full_at < now() - interval '1 day'
limit :limit!;
