/* Fingerprints of a day's attempts, and of those with a 2xx: see sum-deliveries.sql. */
/* @name sumAttempts */
with sums as (
  select
    coalesce(
      bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))
        filter (where status_code between 200 and 299),
      0
    ) as successes,
    coalesce(
      bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))
        filter (where (status_code between 200 and 299) is not true),
      0
    ) as failures,
    coalesce(
      bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + (number - 1) * 1099511627776))
        filter (where number > 1),
      0
    ) as predecessors
  from kept_attempts
)
select (successes # failures # predecessors)::text as "attempts!", successes::text as "successes!"
from sums;
