/*
  lane_missing            deliveries of these endpoints that name a lane which is not there; with endpoint 0 those of
                          retired days, too
  lane_sequences_broken   a lane's tail, number of deliveries and sequences do not agree: they must be 1 … tail, each
                          once, those of retired days among them (retired_lanes). sum-deliveries.sql explains how
                          this is checked without a sort.
*/
/* @name checkSequences */
with held as (
  select
    lane, min(tenant) as tenant, count(*) as deliveries,
    bit_xor(hashint8extended(sequence, lane) # hashint8extended(sequence - 1, lane)) as fingerprint
  from kept_deliveries
  where lane is not null and endpoint = any(:endpoints!::integer[])
  group by lane
),
retired as (
  select r.*
  from retired_lanes r
    left join lanes l on l.id = r.lane
  where coalesce(l.endpoint, 0) = any(:endpoints!::integer[])
),
offending as (
  select
    case when l.id is null then 'lane_missing' else 'lane_sequences_broken' end as kind,
    coalesce(l.tenant, h.tenant, r.tenant) as tenant, coalesce(l.id, h.lane, r.lane) as lane, l.endpoint, l.entity
  from (select * from lanes where endpoint = any(:endpoints!::integer[])) l
    full join held h on h.lane = l.id
    full join retired r on r.lane = coalesce(l.id, h.lane)
  where
    l.id is null
    or l.tail_sequence <> coalesce(h.deliveries, 0) + coalesce(r.deliveries, 0)
    or coalesce(h.fingerprint, 0) # coalesce(r.fingerprint, 0)
      <> hashint8extended(l.tail_sequence, l.id) # hashint8extended(0, l.id)
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
