/*
  Spans of ten minutes of [:from, :to) in which deliveries and attempts do not agree, by the fingerprints of
  sum-deliveries.sql.
*/
/* @name findOddAttempts */
with made as (
  select
    date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,
    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))
      filter (where attempts > 0 or status in ('delivered', 'dead')) as attempts,
    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))
      filter (where status = 'delivered') as successes
  from kept_deliveries
  where event_id >= :from!::uuid and event_id < :to!::uuid
  group by 1
),
recorded as (
  select
    date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,
    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))
      # coalesce(
        bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + (number - 1) * 1099511627776))
          filter (where number > 1),
        0
      ) as attempts,
    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))
      filter (where status_code between 200 and 299) as successes
  from kept_attempts
  where event_id >= :from!::uuid and event_id < :to!::uuid
  group by 1
),
odd as (
  select coalesce(m.span, r.span) as span
  from made m
    full join recorded r on r.span = m.span
  where
    coalesce(m.attempts, 0) <> coalesce(r.attempts, 0) or coalesce(m.successes, 0) <> coalesce(r.successes, 0)
)
select
  coalesce(uuid_floor(span), :from!) as "from!", coalesce(uuid_floor(span + interval '10 minutes'), :to!) as "to!"
from odd
order by 1;
