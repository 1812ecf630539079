/*
  Spans of ten minutes in which events and inbox rows with ids in [:from, :to) are not the same set: an event's time is
  in its id. What has no time in its id has all of [:from, :to) looked at.
*/
/* @name findOddAdmissions */
with accepted as (
  select
    date_bin('10 minutes', uuid_extract_timestamp(id), 'epoch') as span, bit_xor(uuid_hash_extended(id, 0)) as fingerprint
  from kept_events
  where id >= :from!::uuid and id < :to!::uuid
  group by 1
),
admitted as (
  select
    date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,
    bit_xor(uuid_hash_extended(event_id, 0)) as fingerprint
  from kept_inbox
  where event_id >= :from!::uuid and event_id < :to!::uuid
  group by 1
),
odd as (
  select coalesce(a.span, i.span) as span
  from accepted a
    full join admitted i on i.span = a.span
  where a.fingerprint is distinct from i.fingerprint
)
select
  coalesce(uuid_floor(span), :from!) as "from!", coalesce(uuid_floor(span + interval '10 minutes'), :to!) as "to!"
from odd
order by 1;
