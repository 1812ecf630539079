/*
  lane_missing             deliveries that name a lane which is not there
  lane_sequences_broken    tail, number of deliveries and sequences do not agree: they must be 1 … tail, each once,
                           those of retired days among them (retired_lanes)
  lane_closed_wrong        the first pending delivery is not the one after `closed_sequence`

  Whether sequences are 1 … n, each once, is told without sorting them: n deliveries, the XOR of whose sequences'
  64-bit hashes is that of 1 … n. An XOR says which numbers occur an odd number of times; are these 1 … n, and are there
  n in all, then none occurs more than once.
*/
/* @name checkLanes */
with held as materialized (
  select
    lane, count(*) as deliveries, bit_xor(hashint8extended(sequence, 0)) as fingerprint,
    min(sequence) filter (where status = 'pending') as first_pending
  from kept_deliveries
  where lane is not null
  group by lane
),
summed as (
  select
    coalesce(h.lane, r.lane) as lane, h.first_pending,
    coalesce(h.deliveries, 0) + coalesce(r.deliveries, 0) as deliveries,
    coalesce(h.fingerprint, 0) # coalesce(r.fingerprint, 0) as fingerprint
  from held h
    full join retired_lanes r on r.lane = h.lane
),
contiguous as (
  select n as deliveries, bit_xor(hashint8extended(n, 0)) over (order by n) as fingerprint
  from generate_series(
      1::bigint,
      (select coalesce(max(deliveries), 0) from held) + (select coalesce(max(deliveries), 0) from retired_lanes)
    ) as n
),
compared as (
  select
    coalesce(l.id, h.lane) as lane, l.endpoint, l.entity, l.id is null as missing, l.tail_sequence, l.closed_sequence,
    h.first_pending, coalesce(h.deliveries, 0) as deliveries,
    coalesce(h.fingerprint, 0) <> coalesce(c.fingerprint, 0) as broken
  from lanes l
    full join summed h on h.lane = l.id
    left join contiguous c on c.deliveries = h.deliveries
),
offending as (
  select 'lane_missing' as kind, lane, endpoint, entity
  from compared
  where missing
  union all
  select 'lane_sequences_broken', lane, endpoint, entity
  from compared
  where not missing and (broken or deliveries <> tail_sequence)
  union all
  select 'lane_closed_wrong', lane, endpoint, entity
  from compared
  where
    not missing
    and (
      closed_sequence > tail_sequence
      or first_pending is distinct from case when closed_sequence < tail_sequence then closed_sequence + 1 end
    )
),
counted as (
  select
    *,
    count(*) over (partition by kind) as total,
    row_number() over (partition by kind order by lane) as place
  from offending
)
select
  c.kind as "kind!", c.total as "total!", c.lane as "lane!", c.entity as "entity?", p.public_id as "endpointPublicId?"
from counted c
  left join endpoints p on p.id = c.endpoint
where c.place <= :examples!::integer
order by c.kind, c.place;
