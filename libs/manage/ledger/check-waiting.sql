/*
  lane_closed_wrong    what is pending in a lane of these endpoints after its last closed sequence is not all that comes
                       after it up to the tail
  lane_replays_wrong   a lane's number of replays is not that of its pending deliveries up to the last closed sequence:
                       dead letters that an operator replays
*/
/* @name checkWaiting */
with waiting as (
  select
    d.lane,
    count(*) filter (where d.sequence <= l.closed_sequence) as replays,
    count(*) filter (where d.sequence > l.closed_sequence) as followers,
    bit_xor(hashint8extended(d.sequence, d.lane) # hashint8extended(d.sequence - 1, d.lane))
      filter (where d.sequence > l.closed_sequence) as fingerprint
  from kept_deliveries d
    join lanes l on l.id = d.lane
  where d.status = 'pending' and l.endpoint = any(:endpoints!::integer[])
  group by d.lane
),
compared as (
  select
    l.id as lane, l.tenant, l.endpoint, l.entity, l.replays <> coalesce(w.replays, 0) as replays_differ,
    l.tail_sequence - l.closed_sequence <> coalesce(w.followers, 0)
      or hashint8extended(l.tail_sequence, l.id) # hashint8extended(l.closed_sequence, l.id) <> coalesce(w.fingerprint, 0)
      as followers_differ
  from lanes l
    left join waiting w on w.lane = l.id
  where l.endpoint = any(:endpoints!::integer[])
),
offending as (
  select 'lane_closed_wrong' as kind, tenant, lane, endpoint, entity from compared where followers_differ
  union all
  select 'lane_replays_wrong', tenant, lane, endpoint, entity from compared where replays_differ
),
counted as (
  select
    *,
    count(*) over (partition by kind, tenant) as total,
    row_number() over (partition by kind, tenant order by lane) as place
  from offending
)
select
  c.kind as "kind!", c.tenant as "tenant!", c.total as "total!", c.lane as "lane!", c.entity as "entity?",
  p.public_id as "endpointPublicId?"
from counted c
  left join endpoints p on p.id = c.endpoint
where c.place <= :examples!::integer
order by c.kind, c.tenant, c.place;
