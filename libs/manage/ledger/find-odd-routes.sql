/*
  Spans of ten minutes of [:from, :to) in which the inbox's routes and the deliveries do not agree, by the fingerprints
  of sum-deliveries.sql.
*/
/* @name findOddRoutes */
with promised as (
  select
    date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,
    sum(routes * (uuid_hash_extended(event_id, 0) >> 16)) as fingerprint
  from kept_inbox
  where event_id >= :from!::uuid and event_id < :to!::uuid
  group by 1
),
made as (
  select
    date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,
    sum(uuid_hash_extended(event_id, 0) >> 16) as fingerprint
  from kept_deliveries
  where event_id >= :from!::uuid and event_id < :to!::uuid and replay = 0 and caught_up is null
  group by 1
),
odd as (
  select coalesce(p.span, m.span) as span
  from promised p
    full join made m on m.span = p.span
  where coalesce(p.fingerprint, 0) <> coalesce(m.fingerprint, 0)
)
select
  coalesce(uuid_floor(span), :from!) as "from!", coalesce(uuid_floor(span + interval '10 minutes'), :to!) as "to!"
from odd
order by 1;
